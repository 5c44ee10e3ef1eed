const main = require("call-records");
const adapter = require("call-records/adapter");
const { huaweiCec } = require("call-records/huawei-cec");
const { itniotech } = require("call-records/itniotech");
const { tencentCcc } = require("call-records/tencent-ccc");
const parquet = require("call-records/parquet");
const testing = require("call-records/testing");
const { meet, readEveryCall, share, writeFile } = require("./every-call.cjs");

(async () => {
  share(main, adapter);
  await writeFile(main, parquet);
  await meet(main, await import("call-records"));
  console.log(JSON.stringify(await readEveryCall(main, { tencentCcc, huaweiCec, itniotech }, testing)));
})();
