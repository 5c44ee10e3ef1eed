import type { DiscoveredApplication, PartitionDiscovery } from "../../contract/partition-discovery.js";
import { wireId, wireInteger, wireText } from "../../contract/wire.js";
import { wireList, wireMapped, wireObject } from "../../contract/wire-schema.js";
import { z } from "zod";
import { buyInfoRequest } from "./request.js";

const SDK_APP_ID = /^[1-9]\d{0,14}$/;

const sdkAppId = wireMapped(wireId, "the id of an application", (id) => (SDK_APP_ID.test(id) ? id : z.INVALID));

const buyInfo = wireObject({
  TotalCount: wireInteger,
  SdkAppIdBuyList: wireList(wireObject({ SdkAppId: sdkAppId, Name: wireText })),
});

/** The operation has no pages, so that a response with fewer applications than its total is not complete. */
const completeBuyInfo = wireMapped(
  buyInfo,
  "as many applications as `TotalCount` states",
  ({ TotalCount: total, SdkAppIdBuyList: list }): DiscoveredApplication[] | typeof z.INVALID =>
    total !== null && total !== list.length
      ? z.INVALID
      : list.map(({ SdkAppId: application, Name: name }) => ({ application, name })),
  ["SdkAppIdBuyList"],
);

/** Returns the request for the applications of the account. @param isUsed whether all of them are read. */
export function applicationsOperation(endpoint: string, isUsed: boolean): PartitionDiscovery {
  return {
    name: "DescribeCCCBuyInfoList",
    isUsed,
    request: () => buyInfoRequest(endpoint),
    responseSchema: wireMapped(wireObject({ Response: completeBuyInfo }), "a list", ({ Response }) => Response),
  };
}
