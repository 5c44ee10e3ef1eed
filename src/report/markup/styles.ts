import { chartStyle } from "./chart-style.js";
import { printStyle } from "./print-style.js";

/** The colors. Each pair of text and background has a contrast of at least 4.5, and the colors of charts differ for color-blind readers too. */
const colors = `
:root{color-scheme:light dark;
--paper:#fff;--ink:#17202b;--muted:#55606e;--rule:#dfe4ea;--soft:#f4f6f8;
--answered:#1d5c9f;--missed:#c2570c;--abandoned:#eda35f;--other:#b9c2cc;--connected:#2f8577;--unconnected:#a5d0c8;--unclassified:#8a94a0;--level:#6b4fa0;
--mark:.15;--ok:#2f8577;--ok-text:#1e6a5d;--wait:#b7791f;--wait-text:#865408;--bad:#b3261e;--bad-text:#a1231b;--none:#aab3bd;
--h0:#f4f6f8;--h1:#dce8f4;--h2:#b5d0ea;--h3:#84b1dc;--h4:#5790c8;--h5:#2c6cad;--h6:#134a83;--h1t:#17202b;--h2t:#17202b;--h3t:#17202b;--h4t:#0b1017;--h5t:#fff;--h6t:#fff}
@media (prefers-color-scheme:dark){:root{
--paper:#12171e;--ink:#e7ebf0;--muted:#a4aebb;--rule:#2b3541;--soft:#1a212a;
--answered:#6cabf0;--missed:#f0894a;--abandoned:#9c5a2e;--other:#56616d;--connected:#5cc0ae;--unconnected:#2f6259;--unclassified:#7d8894;--level:#b79cec;
--mark:.3;--ok:#4aa594;--ok-text:#7fd4c5;--wait:#c98f2f;--wait-text:#e8bd70;--bad:#e5685f;--bad-text:#ff9d95;--none:#525d69;
--h0:#1a212a;--h1:#1b3048;--h2:#1f446b;--h3:#265b91;--h4:#3371b2;--h5:#6aa6e2;--h6:#a6cff8;--h1t:#e7ebf0;--h2t:#e7ebf0;--h3t:#fff;--h4t:#fff;--h5t:#0b1017;--h6t:#0b1017}}
`;

const page = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",Arial,sans-serif;font-variant-numeric:tabular-nums}
header,nav,main,footer{max-width:1120px;margin:0 auto;padding:0 32px}
header{padding-top:48px}
h1{font-size:32px;line-height:1.2;letter-spacing:-.015em;margin:0 0 8px;overflow-wrap:anywhere}
h2{font-size:20px;line-height:1.3;letter-spacing:-.005em;margin:0 0 4px}
h3{font-size:14px;line-height:1.4;margin:0 0 6px;font-weight:600;overflow-wrap:anywhere}
p{margin:0}
a{color:inherit}
.range{color:var(--muted)}
.status{margin:20px 0 0;padding:10px 14px;border-left:4px solid var(--none);background:var(--soft);font-size:15px;list-style:none}
.status li{padding:1px 0}
.status.complete{border-color:var(--ok)}.status.provisional{border-color:var(--wait)}.status.incomplete{border-color:var(--bad)}
nav{margin-top:20px;font-size:14px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0;padding:12px 0;list-style:none;border-top:1px solid var(--rule);border-bottom:1px solid var(--rule)}
nav a{display:inline-block;padding:2px 0;color:var(--muted);text-decoration:none}
nav a:hover{color:var(--ink);text-decoration:underline}
:focus-visible{outline:2px solid var(--answered);outline-offset:2px}
section{padding:36px 0 4px}
section+section{margin-top:32px;border-top:1px solid var(--rule)}
.lead{color:var(--muted);margin-bottom:16px;max-width:72ch}
h2+.legend,h2+dl,h2+.empty,h2+.pair,h2+.scroll,h2+svg{margin-top:16px}
.empty{color:var(--muted);padding:20px;background:var(--soft);text-align:center;overflow-wrap:anywhere}
.note,.notes,.sub{color:var(--muted);font-size:14px}
.note,.notes{margin:12px 0 0;list-style:none;overflow-wrap:anywhere}
.notes{padding:0}
h2+.notes{margin-top:16px;padding:20px;background:var(--soft);text-align:center}
.absent{color:var(--muted);font-weight:400;letter-spacing:0}
.id{color:var(--muted);font-weight:400;font-size:13px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.figures{display:grid;grid-template-columns:repeat(4,1fr);gap:28px 32px;margin:16px 0 0}
.figures dt{font-size:14px;color:var(--muted)}
.figures dd{margin:0}
.figures .value{display:block;font-size:32px;line-height:1.25;font-weight:600;letter-spacing:-.02em}
.figures .value .absent{font-size:20px}
.figures .sub{display:block;line-height:1.4}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:32px}
.pair>*{min-width:0}
.pair>:only-child{grid-column:1/-1}
.account{margin-top:18px}
.account .sub{margin-top:4px}
.definitions{margin:16px 0 0;display:grid;grid-template-columns:1fr 1fr;gap:12px 32px;font-size:14px}
.definitions dt{font-weight:600}
.definitions dd{margin:0;color:var(--muted)}
footer{margin-top:40px;padding-bottom:48px;font-size:13px;color:var(--muted)}
details{margin-top:14px}
summary{display:inline-block;cursor:pointer;font-size:14px;color:var(--muted);padding:3px 0}
summary:hover{color:var(--ink)}
summary::before{content:"";display:inline-block;width:0;height:0;margin-right:8px;border:4px solid transparent;border-left:6px solid currentColor;border-right:0}
details[open]>summary::before{transform:rotate(90deg)}
summary::-webkit-details-marker{display:none}
.scroll{overflow-x:auto;margin-top:12px;position:relative}
table{border-collapse:collapse;width:100%;font-size:14px;line-height:1.4}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
th,td{padding:7px 12px 7px 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--rule);font-weight:400}
thead th{color:var(--muted);font-size:13px;vertical-align:bottom;border-bottom-color:var(--muted)}
.number{text-align:right;padding-right:0;padding-left:16px;white-space:nowrap}
thead .number{white-space:normal}
tbody th{font-weight:500;min-width:130px;max-width:280px;overflow-wrap:anywhere}
td.text{min-width:84px;max-width:280px;overflow-wrap:anywhere}
tbody tr:hover{background:var(--soft)}
.bar{display:block;min-width:150px;margin-top:4px}
@media (max-width:900px){.figures{grid-template-columns:1fr 1fr}.pair,.definitions{grid-template-columns:1fr}}
@media (max-width:560px){header,nav,main,footer{padding-left:16px;padding-right:16px}header{padding-top:28px}h1{font-size:25px}h2{font-size:18px}.figures{gap:22px 18px}.figures .value{font-size:25px}.bar{min-width:90px}section{padding-top:26px}section+section{margin-top:24px}}
`;

/** The style of the page. */
export const style = (colors + page + chartStyle + printStyle).trim();
