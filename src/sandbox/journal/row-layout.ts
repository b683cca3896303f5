/**
 * Where each fact and each number of a request stands in its row of the journal.
 * @module
 */

/** Places of the facts in a row. */
export const ORIGIN = 0;
export const METHOD = 1;
export const PATH = 2;
export const OPERATION = 3;
export const CALLER = 4;
export const CREDENTIAL = 5;
export const ERROR = 6;
export const REFUSED_BY = 7;
/** The queries to the policies. The numbers have the decisions in the same order. */
export const QUERIES = 8;
export const SKIPPED = 9;
export const WARNINGS = 10;
export const IDEMPOTENCY_KEY = 11;
export const ETAG = 12;
export const CACHE = 13;
export const PEER = 14;
export const CLIENT = 15;
export const IF_NONE_MATCH = 16;
export const BODY_SHAPE = 17;
export const COME_BACK_AT = 18;
export const ARRIVED = 19;
/** As it came, without the question mark. */
export const QUERY = 20;
export const FACTS = 21;

/** Places of the numbers. NaN is none. */
export const ID = 0;
export const STATUS = 1;
export const AT = 2;
export const SENT_AT = 3;
export const REAL_AT = 4;
export const DURATION = 5;
export const BEGAN_AT = 6;
export const LEFT_AT = 7;
export const RETRY_AFTER = 8;
export const ITEMS = 9;
export const CONDITIONAL = 10;
export const DECISIONS = 11;
export const REPORTED_OF = 12;
/** Two of them. */
export const BODY_HASH = 13;
export const ANSWERED_AT = 15;
export const UNREAD_AT = 16;
/** Infinity while it has not been seen. */
export const READ_AT = 17;
/** Place in `BROKEN`. */
export const BROKEN_HOW = 18;
/** How many numbers a row has before those of its decisions. */
export const HEAD = 19;
/** Numbers per decision, and per policy that was told of. */
export const DECISION = 8;
export const REPORTED = 3;
