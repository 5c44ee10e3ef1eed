import type { VendorRow } from "../data/planned-call.js";

const SEATS = 20;

/** Returns the content of DescribeCCCBuyInfoList for applications: what the company has bought for each. */
export function buyInfo(sdkAppIds: readonly number[]): VendorRow {
  return {
    TotalCount: sdkAppIds.length,
    SdkAppIdBuyList: sdkAppIds.map((sdkAppId) => ({
      SdkAppId: sdkAppId,
      Name: `Application ${sdkAppId}`,
      StaffBuyNum: SEATS,
      StaffBuyList: [{ Num: SEATS, BuyTime: 1_672_502_400, EndTime: 1_987_862_400, SipNum: 0 }],
      PhoneNumBuyList: [],
      SipBuyNum: 0,
    })),
    PackageBuyList: [],
  };
}
