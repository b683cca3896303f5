/**
 * The deliveries of one provider: those that wait for their instant, and the newest of those that are over.
 * @module
 */

/** One event on its way to one endpoint. */
export interface Delivery {
  /** Its id, such as `delivery-1`. */
  readonly id: string;
  /** Type of the event; `null`: the end of a job, told to the URL that its request named. */
  readonly type: string | null;
  /** Id of the event; `null` where it has none. */
  readonly event: string | null;
  /** The account whose event it is; `null` if that is not known. */
  readonly account: string | null;
  /** The registered endpoint; `null` if it was registered over the provider's API, or by a request for its own job. */
  readonly endpoint: string | null;
  readonly url: string;
  readonly secret: string | null;
  readonly body: unknown;
  /** Epoch ms of the event, virtual. */
  readonly at: number;
  /** How often it has been sent. */
  attempts: number;
  /** Epoch ms of the next attempt, virtual; `null` if there will be none. */
  dueAt: number | null;
  /** Epoch ms of the last attempt, virtual; `null` before the first. */
  sentAt: number | null;
  state: DeliveryState;
  /** Status of the last response; `null` if there was none. */
  status: number | null;
  /** Why the last attempt failed, if there was no response. */
  error: string | null;
}

/** `pending`: to be sent, or to be sent again; `failed`: given up. */
export type DeliveryState = 'pending' | 'delivered' | 'failed';

/** How many deliveries that are over are kept. */
const MOST_OVER = 1_000;

/** The deliveries of one provider in one sandbox. */
export class Deliveries {
  readonly #all = new Map<string, Delivery>();
  readonly #cancels = new Map<string, () => void>();
  #made = 0;
  #over = 0;

  /** How many have been made. */
  get made(): number {
    return this.#made;
  }

  /** All deliveries, oldest first. */
  list(): Delivery[] {
    return [...this.#all.values()];
  }

  /** Whether the delivery is still one of these: a reset drops them. */
  has(delivery: Delivery): boolean {
    return this.#all.get(delivery.id) === delivery;
  }

  /** Adds a delivery that has not been sent. */
  add(spec: Pick<Delivery, 'type' | 'event' | 'account' | 'endpoint' | 'url' | 'secret' | 'body' | 'at'>): Delivery {
    this.#made += 1;
    const id = `delivery-${this.#made}`;
    const delivery: Delivery = {
      id,
      ...spec,
      attempts: 0,
      dueAt: spec.at,
      sentAt: null,
      state: 'pending',
      status: null,
      error: null,
    };
    this.#all.set(id, delivery);
    return delivery;
  }

  /** Remembers how to cancel the timer of the next attempt. */
  scheduled({ id }: Delivery, cancel: () => void): void {
    this.#cancels.set(id, cancel);
  }

  /** Records that an attempt begins: there is no timer any more. */
  begun({ id }: Delivery): void {
    this.#cancels.delete(id);
  }

  /** Records that a delivery is over. The oldest that is over goes once there are too many. */
  ended(delivery: Delivery, state: 'delivered' | 'failed'): void {
    delivery.state = state;
    delivery.dueAt = null;
    this.#over += 1;
    if (this.#over <= MOST_OVER) return;
    for (const [id, one] of this.#all) {
      if (one.state === 'pending') continue;
      this.#all.delete(id);
      this.#over -= 1;
      return;
    }
  }

  /** Whether an attempt waits for an instant that has come. */
  isDue(now: number): boolean {
    for (const id of this.#cancels.keys()) if (this.#all.get(id)!.dueAt! <= now) return true;
    return false;
  }

  /** Those that wait, for a snapshot. */
  pending(): Delivery[] {
    return this.list().filter(({ state }) => state === 'pending');
  }

  /** Cancels all timers and drops all deliveries. */
  clear(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
    this.#all.clear();
    this.#over = 0;
    this.#made = 0;
  }

  /** Replaces all deliveries. Those that wait must be scheduled then. @param made how many have been made */
  load(deliveries: readonly Delivery[], made: number): void {
    this.clear();
    this.#made = made;
    for (const delivery of deliveries) {
      this.#all.set(delivery.id, delivery);
      if (delivery.state !== 'pending') this.#over += 1;
    }
  }
}
