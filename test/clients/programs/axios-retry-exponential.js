import axios from 'axios';
import axiosRetry from 'axios-retry';
import { live } from './live.js';

axiosRetry(axios, { retryDelay: axiosRetry.exponentialDelay });

await live(({ method, url, headers, body }) => axios({ method, url, headers, data: body }));
