/**
 * The deliveries of webhooks. Every replica comes to the same ones, one replica sends them, and the log tells the results to all.
 * @module
 */
import type { Core, DeliveryResult } from '../sandbox/core.js';

type Deliver = Core['deliver'];

interface Waiting {
  readonly args: Parameters<Deliver>;
  readonly resolve: (result: DeliveryResult) => void;
  isSent: boolean;
}

/** The deliveries whose results are not known. */
export class ReplicatedDeliveries {
  /** How many there have been. Equal on all replicas. */
  made = 0;
  readonly #waiting = new Map<number, Waiting>();
  #sends = false;

  /**
   * @param deliver sends a delivery
   * @param report writes the result of the `call`th delivery to the log
   */
  constructor(
    readonly deliver: Deliver,
    readonly report: (call: number, result: DeliveryResult) => void,
  ) {}

  /** How many results are not known. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** As `Core.deliver`. */
  send(...args: Parameters<Deliver>): Promise<DeliveryResult> {
    this.made += 1;
    const call = this.made;
    return new Promise((resolve) => {
      const waiting = { args, resolve, isSent: false };
      this.#waiting.set(call, waiting);
      if (this.#sends) this.#send(call, waiting);
    });
  }

  /** Says whether this replica is the one that sends. A replica that takes over sends what has no result. */
  set sends(sends: boolean) {
    this.#sends = sends;
    if (sends) for (const [call, waiting] of this.#waiting) if (!waiting.isSent) this.#send(call, waiting);
  }

  /** Applies a result of the log. The first one counts. */
  delivered(call: number, result: DeliveryResult): void {
    const waiting = this.#waiting.get(call);
    this.#waiting.delete(call);
    waiting?.resolve(result);
  }

  /** Ends all that have no result, because this replica will not hear of it. @param failed why */
  giveUp(failed: string): void {
    for (const call of [...this.#waiting.keys()]) this.delivered(call, { failed });
  }

  /** Forgets all, to load a state. */
  restart(made: number): void {
    this.giveUp('the replica has loaded another state');
    this.made = made;
  }

  #send(call: number, waiting: Waiting): void {
    waiting.isSent = true;
    void this.deliver(...waiting.args).then((result) => this.report(call, result));
  }
}
