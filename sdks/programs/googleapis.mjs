// googleapis: the quick starts of Gmail and Sheets, and what limits do. `node googleapis.mjs start|read|write|user|sending`
import { google } from 'googleapis';

const rootUrl = `${process.env.MOCK429_URL}/`;
const auth = new google.auth.OAuth2();
auth.setCredentials({ access_token: 'ya29.ada' });
const gmail = google.gmail({ version: 'v1', auth, rootUrl });
const sheets = google.sheets({ version: 'v4', auth, rootUrl });
const spreadsheetId = '1BxiMVs0XRA5';
const tell = (promise) =>
  promise.then(
    ({ status }) => console.log(`ok ${status}`),
    ({ response, message }) => console.log(`error ${response?.status} ${message.slice(0, 60)}`),
  );
const read = () => tell(sheets.spreadsheets.values.get({ spreadsheetId, range: 'A1:B2' }));

const runs = {
  async start() {
    const labels = await gmail.users.labels.list({ userId: 'me' });
    console.log(labels.data.labels.map(({ name }) => name).join());
    const messages = await gmail.users.messages.list({ userId: 'me', maxResults: 10 });
    console.log(`${messages.data.messages.length} messages`);
    await tell(gmail.users.messages.send({ userId: 'me', requestBody: { raw: 'RnJvbTo' } }));
    const values = await sheets.spreadsheets.values.get({ spreadsheetId, range: 'Sheet1!A1:B2' });
    for (const row of values.data.values) console.log(row.join(', '));
    await tell(
      sheets.spreadsheets.values.update({
        spreadsheetId,
        range: 'A1',
        valueInputOption: 'RAW',
        requestBody: { values: [['a']] },
      }),
    );
    await tell(sheets.spreadsheets.batchUpdate({ spreadsheetId, requestBody: { requests: [{}] } }));
  },
  async read() {
    await Promise.all([read(), read(), read()]);
  },
  async write() {
    for (let i = 0; i < 2; i++)
      await tell(sheets.spreadsheets.batchUpdate({ spreadsheetId, requestBody: { requests: [{}] } }));
  },
  async user() {
    for (let i = 0; i < 2; i++) await tell(gmail.users.messages.list({ userId: 'me' }));
  },
};
await runs[process.argv[2]]();
