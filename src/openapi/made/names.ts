/**
 * Natural values by the names of properties: `email`, `created_at`, `lat`. Values are fixed, so that the same schema always gives the same data.
 * @module
 */

type Rule = readonly [name: RegExp, values: readonly string[]];

const TEXTS: readonly Rule[] = [
  [/e_?mail(?:_address)?$/, ['ada.lovelace@example.com', 'alan.turing@example.com', 'grace.hopper@example.com']],
  [
    /(?:^|_)(?:created|updated|modified|deleted|published|expires?|started|ended|finished|completed|issued|sent|due|last_\w+)_(?:at|on|time)$|timestamp$|date_?time$/,
    ['2026-01-15T09:30:00Z', '2026-01-16T10:00:00Z', '2026-01-17T11:15:00Z'],
  ],
  [/(?:^|_)(?:birth_?day|dob|date|day)$|_date$/, ['2026-01-15', '2026-01-16', '2026-01-17']],
  [/(?:^|_)time$/, ['09:30:00Z', '10:00:00Z', '11:15:00Z']],
  [
    /(?:avatar|image|photo|picture|logo|thumbnail|icon)(?:_?ur[il])?$/,
    ['https://example.com/images/1.png', 'https://example.com/images/2.png'],
  ],
  [
    /(?:ur[il]|href|link|website|homepage|callback|webhook)$/,
    ['https://example.com/1', 'https://example.com/2', 'https://example.com/3'],
  ],
  [/(?:^|_)(?:domain|host|hostname)$/, ['example.com', 'example.org', 'example.net']],
  [/(?:^|_)ip(?:_?(?:address|v4))?$/, ['192.0.2.1', '192.0.2.2', '192.0.2.3']],
  [/(?:^|_)(?:uuid|guid)$/, ['3fa85f64-5717-4562-b3fc-2c963f66afa6', '7c9e6679-7425-40de-944b-e07fc1f90ae7']],
  [/(?:phone|mobile|fax|tel)(?:_?(?:number|no))?$/, ['+14155550101', '+14155550102', '+14155550103']],
  [/first_?name$|given_?name$/, ['Ada', 'Alan', 'Grace']],
  [/last_?name$|sur_?name$|family_?name$/, ['Lovelace', 'Turing', 'Hopper']],
  [/user_?name$|login$|nick_?name$|handle$/, ['ada', 'alan', 'grace']],
  [/(?:full|display|customer|contact|owner|author)_?name$/, ['Ada Lovelace', 'Alan Turing', 'Grace Hopper']],
  [/company(?:_?name)?$|organi[sz]ation(?:_?name)?$/, ['Example Ltd', 'Sample Inc', 'Acme Corp']],
  [/file_?name$/, ['report.pdf', 'photo.png', 'notes.txt']],
  [/(?:^|_)name$/, ['Example', 'Sample', 'Specimen']],
  [/(?:^|_)title$|(?:^|_)subject$|headline$/, ['First example', 'Second example', 'Third example']],
  [
    /description$|(?:^|_)summary$|(?:^|_)note$|(?:^|_)comment$|(?:^|_)text$|(?:^|_)body$|(?:^|_)content$/,
    ['A short text.', 'Another short text.'],
  ],
  [/(?:^|_)message$|(?:^|_)detail$|(?:^|_)reason$/, ['A short message.', 'Another short message.']],
  [/currency(?:_?code)?$/, ['USD', 'EUR', 'GBP']],
  [/country_?code$|(?:^|_)country$/, ['US', 'DE', 'GB']],
  [/(?:^|_)(?:state|province|region)_?code$/, ['CA', 'NY', 'TX']],
  [/(?:^|_)city$|(?:^|_)town$/, ['San Francisco', 'Berlin', 'London']],
  [/(?:zip|postal)(?:_?code)?$|post_?code$/, ['94105', '10115', '10001']],
  [/street(?:_?\w*)?$|address(?:_?(?:line)?_?\d)?$/, ['1 Main Street', '2 Main Street', '3 Main Street']],
  [/(?:^|_)(?:locale)$/, ['en-US', 'de-DE', 'fr-FR']],
  [/(?:^|_)(?:lang|language)(?:_?code)?$/, ['en', 'de', 'fr']],
  [/time_?zone$|(?:^|_)tz$/, ['Europe/Berlin', 'America/New_York', 'UTC']],
  [/(?:^|_)colou?r$/, ['#336699', '#993366', '#669933']],
  [/slug$/, ['first-example', 'second-example']],
  [/version$/, ['1.0.0', '1.1.0', '2.0.0']],
  [/(?:content|mime|media)_?type$/, ['application/json', 'text/plain']],
  [
    /(?:^|_)(?:sha|sha1|commit|commit_id)$/,
    ['3f786850e387550fdab836ed7e6dc881de23001b', '89e6c98d92887913cadf06b2adb97f26cde4849b'],
  ],
  [
    /(?:^|_)(?:md5|hash|checksum|digest|etag)$/,
    ['9e107d9d372bb6826bd81d3542a419d6', 'e4d909c290d0fb1ca068ffaddf22cbd0'],
  ],
  [/(?:^|_)(?:token|secret|cursor|key)$/, ['b3BlbmFwaS1leGFtcGxl', 'c2FtcGxlLXRva2VuLTAy']],
  [/(?:^|_)id$/, ['a1b2c3d4', 'b2c3d4e5', 'c3d4e5f6']],
];

const NUMBERS: readonly (readonly [name: RegExp, value: number])[] = [
  [/(?:^|_)lat(?:itude)?$/, 52.52],
  [/(?:^|_)(?:lon|lng|long|longitude)$/, 13.405],
  [/price$|cost$|fee$/, 19.5],
  [/(?:^|_)(?:amount|total|subtotal|balance)$/, 100],
  [/(?:^|_)(?:created|updated|modified|expires?|started|ended|timestamp|time)(?:_?(?:at|on|time))?$/, 1_768_469_400],
  [/(?:^|_)year$/, 2026],
  [/(?:^|_)age$/, 36],
  [/(?:^|_)port$/, 8080],
  [/percent(?:age)?$/, 50],
  [/(?:^|_)(?:width|height)$/, 640],
  [/(?:^|_)(?:size|bytes)$/, 1024],
  [/(?:^|_)(?:limit|per_page|page_size)$/, 20],
  [/(?:^|_)status_?code$/, 200],
];

/** Texts for a property; empty if its name tells nothing. */
export function textsByName(name: string): readonly string[] {
  const plain = snakeCase(name);
  return TEXTS.find(([pattern]) => pattern.test(plain))?.[1] ?? [];
}

/** A number for a property; `undefined` if its name tells nothing. */
export function numberByName(name: string, isInteger: boolean): number | undefined {
  const plain = snakeCase(name);
  const value = NUMBERS.find(([pattern]) => pattern.test(plain))?.[1];
  return value === undefined || !isInteger ? value : Math.floor(value);
}

/** `createdAt`, `created-at` and `CREATED_AT` are `created_at`. */
function snakeCase(name: string): string {
  return name
    .slice(-64)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}
