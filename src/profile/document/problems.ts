/**
 * Errors for documents that show none that describes the request: problems (RFC 9457) that say what is wrong and what would be right. Their texts are templates.
 * @module
 */

/** An error as a problem. */
export interface ProblemError {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: { readonly [key: string]: string | number };
}

/** Media type of problems. */
export const PROBLEM_TYPE = 'application/problem+json';

function problem(status: number, title: string, detail: string, more: Record<string, string> = {}): ProblemError {
  return { status, body: { type: 'about:blank', title, status, detail, ...more } };
}

function unauthorized(found: string): ProblemError {
  return {
    ...problem(401, 'Unauthorized', `${found} Send \${credential.expected}.`),
    headers: { 'WWW-Authenticate': '${credential.challenge}' },
  };
}

/** For what a fault or `Prefer` asks for. */
const ASKED_FOR = 'A fault or the header Prefer asks for this answer. ${violation.message}.';

const VIOLATIONS = { errors: '${violations}' };

/** Names of the errors for requests that violate the document, by status. */
export const INVALID: Readonly<Record<number, string>> = {
  400: 'bad-request',
  415: 'unsupported-media-type',
  422: 'unprocessable',
};

/** All of them by name. */
export const PROBLEMS: Readonly<Record<string, ProblemError>> = {
  'bad-request': problem(400, 'Bad Request', '${violation.text}.', VIOLATIONS),
  unprocessable: problem(422, 'Unprocessable Content', '${violation.text}.', VIOLATIONS),
  'unsupported-media-type': problem(415, 'Unsupported Media Type', '${violation.text}.', VIOLATIONS),
  unauthorized: unauthorized('The request has no credential.'),
  'invalid-credential': unauthorized('The credential of the request is not accepted.'),
  forbidden: problem(
    403,
    'Forbidden',
    'The credential of the request does not have the scopes that this operation needs.',
  ),
  'not-found': problem(
    404,
    'Not Found',
    'The document has no operation ${request.method} ${request.path}. Nearest: ${nearest | list}.',
    { nearest: '${nearest}' },
  ),
  'method-not-allowed': problem(
    405,
    'Method Not Allowed',
    '${request.path} takes ${allow | list}, not ${request.method}.',
    {
      allow: '${allow}',
    },
  ),
  'not-acceptable': problem(
    406,
    'Not Acceptable',
    'No documented answer is acceptable. The header Accept ${violation.message}.',
  ),
  'too-large': problem(413, 'Content Too Large', 'The body of the request is larger than the server takes.'),
  'client-error': {
    status: 400,
    body: { type: 'about:blank', title: 'Client Error', status: '${status}', detail: ASKED_FOR },
  },
  'server-error': {
    status: 500,
    body: { type: 'about:blank', title: 'Server Error', status: '${status}', detail: ASKED_FOR },
  },
};
