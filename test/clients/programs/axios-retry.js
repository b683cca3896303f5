import axios from 'axios';
import axiosRetry from 'axios-retry';
import { live } from './live.js';

axiosRetry(axios, { retries: 3 });

await live(({ method, url, headers, body }) => axios({ method, url, headers, data: body }));
