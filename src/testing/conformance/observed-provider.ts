import type { PreparedRequest, Provider } from "../../index.js";
import type { Auth, ListOperation, PageQuery } from "../../adapter.js";
import type { VirtualClock } from "../virtual-clock.js";

/** A request before and after authentication. */
export interface AuthorizedRequest {
  before: PreparedRequest;
  after: PreparedRequest;
  token: string | null;
}

/** Records a provider's queries and authenticated requests during a read. */
export class Observation {
  /** The requested pages of the history. */
  readonly queries: { query: PageQuery<object>; at: number }[] = [];
  readonly authorized: AuthorizedRequest[] = [];

  constructor(private readonly clock: VirtualClock) {}

  /** Returns a copy of the provider that records its queries and authenticated requests. */
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
        // It may load a module on first use, which takes real time.
        const after = await this.clock.pauseDuring(() => auth.authorize(before, proof));
        this.authorized.push({ before, after, token: proof.token });
        return after;
      },
    };
  }

  private list<Value>(list: ListOperation<Value>): ListOperation<Value> {
    return {
      ...list,
      partitions: (filters, applications) => list.partitions(filters, applications),
      request: (query) => {
        this.queries.push({ query, at: this.clock.now() });
        return list.request(query);
      },
      key: (row) => list.key(row),
      map: (row, context) => list.map(row, context),
    };
  }
}
