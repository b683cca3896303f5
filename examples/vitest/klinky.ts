/** A small client of the Klinky API that keeps to its limits: it slows down when little is left, and waits as long as it is told when it is refused. */

/** The key to call with, and what a test replaces. */
export interface KlinkyOptions {
  readonly key: string;
  readonly baseUrl?: string;
  /** In tests the mock's. */
  readonly fetch?: (url: string, init?: RequestInit) => Promise<Response>;
  /** In tests it moves the mock's clock. */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Epoch milliseconds; in tests the mock's. */
  readonly now?: () => number;
  /** How often one call is tried before it is given up. */
  readonly attempts?: number;
}

/** A short link of the account. */
export interface Link {
  readonly id: string;
  readonly slug: string;
}

/** An error that the API answered: its status and its message. */
export class KlinkyError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(`${status}: ${message}`);
  }
}

/** A client of one key. Its calls share what the last answer said of the limit. */
export class Klinky {
  readonly #options: Required<KlinkyOptions>;
  /** What the last answer said: so many calls are left until then. */
  #left: { readonly calls: number; readonly until: number } | undefined;

  constructor(options: KlinkyOptions) {
    this.#options = {
      baseUrl: 'https://klinky-api.fly.dev',
      fetch: (url, init) => fetch(url, init),
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      now: () => Date.now(),
      attempts: 3,
      ...options,
    };
  }

  async links(): Promise<Link[]> {
    const { items } = (await this.#call('/api/v1/public/links')) as { items: Link[] };
    return items;
  }

  async #call(path: string): Promise<unknown> {
    const { baseUrl, key, fetch, sleep, attempts } = this.#options;
    for (let attempt = 1; ; attempt++) {
      await this.#slowDown();
      const response = await fetch(baseUrl + path, { headers: { 'X-API-Key': key } });
      this.#remember(response.headers);
      if (response.ok) return response.json();
      const { detail } = (await response.json()) as { detail: string };
      if (response.status !== 429 || attempt === attempts) throw new KlinkyError(response.status, detail);
      // The provider knows best: any sooner is another refusal.
      await sleep(Number(response.headers.get('Retry-After') ?? 60) * 1_000);
    }
  }

  /** Spreads the last ten calls over the time that they have to last, and waits for the reset if none is left. */
  async #slowDown(): Promise<void> {
    if (!this.#left) return;
    const { calls, until } = this.#left;
    const rest = until - this.#options.now();
    if (calls <= 10 && rest > 0) await this.#options.sleep(rest / Math.max(calls, 1));
  }

  #remember(headers: Headers): void {
    const remaining = headers.get('X-RateLimit-Remaining');
    const reset = headers.get('X-RateLimit-Reset');
    if (remaining === null || reset === null) return;
    this.#left = { calls: Number(remaining), until: Number(reset) * 1_000 };
  }
}
