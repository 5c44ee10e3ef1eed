import type { PreparedRequest, Provider } from "../../index.js";
import type { Auth, ListOperation, PageQuery } from "../../adapter.js";
import type { VirtualClock } from "./virtual-clock.js";

/** A request before and after its sender was proven. */
export interface AuthorizedRequest {
  before: PreparedRequest;
  after: PreparedRequest;
  token: string | null;
}

/** What a provider was asked, and answered, while it was read. */
export class Observation {
  /** The pages of the history that were asked for. */
  readonly queries: { query: PageQuery<object>; at: number }[] = [];
  readonly authorized: AuthorizedRequest[] = [];

  constructor(private readonly clock: VirtualClock) {}

  /** The provider as it is, with someone who looks on. */
  of(provider: Provider): Provider {
    const { auth, operations } = provider;
    const send = provider.send?.bind(provider);
    return {
      contract: provider.contract,
      id: provider.id,
      account: provider.account,
      timeZone: provider.timeZone,
      rate: provider.rate,
      longestCallSeconds: provider.longestCallSeconds,
      settleSeconds: provider.settleSeconds,
      auth: auth === null ? null : this.auth(auth),
      operations: { ...operations, records: this.list(operations.records) },
      classify: (response) => provider.classify(response),
      ...(send === undefined
        ? {}
        : { send: (request, options) => this.clock.pauseDuring(() => send(request, options)) }),
      secrets: () => provider.secrets(),
    };
  }

  private auth(auth: Auth): Auth {
    return {
      ...(auth.token === undefined ? {} : { token: auth.token }),
      authorize: async (before, proof) => {
        // It may load something on first use, which takes real time.
        const after = await this.clock.pauseDuring(() => auth.authorize(before, proof));
        this.authorized.push({ before, after, token: proof.token });
        return after;
      },
    };
  }

  private list<Value>(list: ListOperation<Value>): ListOperation<Value> {
    return {
      ...list,
      partitions: (filters) => list.partitions(filters),
      request: (query) => {
        this.queries.push({ query, at: this.clock.now() });
        return list.request(query);
      },
      key: (row) => list.key(row),
      map: (row, context) => list.map(row, context),
    };
  }
}
