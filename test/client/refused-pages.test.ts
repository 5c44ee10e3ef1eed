import { describe, expect, it } from "vitest";
import { tencentCcc } from "call-records";
import { DAY, ManualClock, NOW, openClient, RATE as rate } from "./stage.js";

const SERVED = 200;
const range = { from: new Date(NOW - 20 * DAY), to: new Date(NOW - 19 * DAY) };
const starts = Array.from({ length: 250 }, (_, index) => range.from.getTime() / 1000 + index * 300);

interface Query {
  StartTimeStamp: number;
  EndTimeStamp: number;
  PageNumber: number;
  PageSize: number;
}

/** Returns a page of a search that serves at most 200 rows and refuses the pages after them; null if the page is refused. */
function pageOf({ StartTimeStamp, EndTimeStamp, PageNumber, PageSize }: Query) {
  const rows = starts
    .map((at, id) => ({ CallId: `${id}`, SessionId: `${id}`, Time: at, StartTimestamp: at, Direction: 0 }))
    .filter(({ Time }) => Time >= StartTimeStamp && Time <= EndTimeStamp);
  const page = rows.slice(0, SERVED).slice(PageNumber * PageSize, (PageNumber + 1) * PageSize);
  return page.length === 0 && PageNumber > 0 ? null : { TotalCount: rows.length, TelCdrs: page, RequestId: "1" };
}

const refusal = (code: string) => Object.assign(new Error("refused"), { code, requestId: "1" });

class Signal {
  give: () => void = () => undefined;
  readonly given = new Promise<void>((resolve) => (this.give = resolve));
}

describe("a refused page", () => {
  it("of a read that was begun again with smaller pages is ignored", async () => {
    const [begun, refused] = [new Signal(), new Signal()];
    const request = async (_action: string, parameters: unknown) => {
      const query = parameters as Query;
      const isBegun = query.PageSize < 100;
      if (!isBegun && query.PageNumber === 1) throw refusal("ResponseSizeLimitExceeded");
      const page = pageOf(query);
      if (isBegun) {
        // The refusal arrives when the read has begun again, and before its first page.
        begun.give();
        await refused.given;
      } else if (page === null) await begun.given;
      if (page === null) throw refusal("InvalidParameterValue");
      return page;
    };
    const client = openClient({
      providers: [tencentCcc({ client: { request }, sdkAppIds: [1], rate: { ...rate, concurrency: 3 } })],
      clock: new ManualClock(),
      onEvent: (event) => {
        if (event.type === "request" && event.vendorCode === "InvalidParameterValue") refused.give();
      },
    });
    const stream = client.records(range);
    const records = await stream.toArray({ max: 1000 });
    expect(records.map(({ id }) => Number(id)).sort((one, other) => one - other)).toEqual(starts.map((_, id) => id));
    expect(stream.report().accounts[0]).toMatchObject({ status: "complete", unsettled: [], gaps: [] });
  });
});
