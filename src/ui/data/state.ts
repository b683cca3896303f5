/**
 * What the page knows, as plain data.
 * @module
 */
import type { Kind, LaneBy } from '../model/marks.js';
import type { View } from '../model/view.js';
import type { Change } from './change.js';
import type { Connection } from './live.js';
import type {
  Account,
  ClockReading,
  Explanation,
  Fault,
  InFlightRequest,
  Job,
  JournalEntry,
  ProfileView,
  Quota,
  Report,
  SandboxInfo,
  Usage,
  WebhookDelivery,
  WebhookEndpoint,
} from './types.js';

/** The sections of the page, in their order. */
export const TABS = ['live', 'verdict', 'usage', 'controls', 'providers'] as const;

/** A section of the page. */
export type Tab = (typeof TABS)[number];

/** A change that the page has made. */
export interface MadeChange {
  readonly change: Change;
  /** Name of the sandbox that it was made in; empty for the main one. */
  readonly sandbox: string;
  /** Why the server refused it. */
  readonly error?: string | undefined;
}

/** The state of the page. */
export interface State {
  connection: Connection;
  /** Why there is no connection. */
  connectionDetail: string;
  isTokenNeeded: boolean;
  version: string;
  profiles: readonly ProfileView[];
  /** The newest reading, and the instant of the page's own clock at which it was read. */
  clock: { readonly reading: ClockReading; readonly readAt: number } | undefined;
  total: { readonly requests: number; readonly refused: number };
  /** Requests per real second, over the last two. */
  rate: number;
  /** The newest requests that the page was told of, by id, oldest first. */
  entries: Map<string, JournalEntry>;
  /** Requests that were counted, but not sent to the page. */
  omitted: number;
  /** Entries that came while the timeline is paused. */
  held: JournalEntry[];
  quotas: readonly Quota[];
  quotaTotal: number;
  /** How many buckets are asked for. */
  quotaLimit: number;
  report: Report | undefined;
  /** When the report was read, epoch ms by the sandbox's clock. */
  reportAt: number;
  usage: Usage | undefined;
  faults: readonly Fault[];
  accounts: ReadonlyMap<string, readonly Account[]>;
  inFlight: readonly InFlightRequest[];
  jobs: readonly Job[];
  /** The final states of jobs, by profile and collection. */
  jobEnds: ReadonlyMap<string, readonly string[]>;
  endpoints: readonly WebhookEndpoint[];
  /** Oldest first. */
  deliveries: readonly WebhookDelivery[];
  sandboxes: readonly SandboxInfo[];
  tab: Tab;
  laneBy: LaneBy;
  kinds: ReadonlySet<Kind>;
  isPaused: boolean;
  /** Length of the section that follows the clock, in milliseconds. */
  span: number;
  /** A section that does not follow the clock. */
  view: View | undefined;
  /** The bucket whose units left are drawn; `undefined`: the one with most refusals. */
  bucket: string | undefined;
  highlighted: ReadonlySet<string>;
  bucketFilter: string;
  /** The request that is explained, and those of the same mark. */
  explanation:
    | {
        readonly id: string;
        readonly siblings: readonly string[];
        readonly value?: Explanation;
        readonly error?: string;
      }
    | undefined;
  isHelpOpen: boolean;
  changes: readonly MadeChange[];
  /** What a screen reader is told. */
  announcement: string;
}

/** The key of a job's collection in `jobEnds`. */
export function jobKind({ profile, collection }: Pick<Job, 'profile' | 'collection'>): string {
  return `${profile} ${collection}`;
}

/** The state before anything was read. */
export function initialState(): State {
  return {
    connection: 'connecting',
    connectionDetail: '',
    isTokenNeeded: false,
    version: '',
    profiles: [],
    clock: undefined,
    total: { requests: 0, refused: 0 },
    rate: 0,
    entries: new Map(),
    omitted: 0,
    held: [],
    quotas: [],
    quotaTotal: 0,
    quotaLimit: 200,
    report: undefined,
    reportAt: 0,
    usage: undefined,
    faults: [],
    accounts: new Map(),
    inFlight: [],
    jobs: [],
    jobEnds: new Map(),
    endpoints: [],
    deliveries: [],
    sandboxes: [],
    tab: 'live',
    laneBy: 'caller',
    kinds: new Set(['admitted', 'refused', 'failed', 'free']),
    isPaused: false,
    span: 60_000,
    view: undefined,
    bucket: undefined,
    highlighted: new Set(),
    bucketFilter: '',
    explanation: undefined,
    isHelpOpen: false,
    changes: [],
    announcement: '',
  };
}
