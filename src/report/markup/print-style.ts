/** The style on paper: A4, light, without what needs a pointer. */
export const printStyle = `
@page{size:A4;margin:14mm}
@media print{
:root{color-scheme:light;--paper:#fff;--ink:#000;--muted:#444;--rule:#ccc;--soft:#f4f4f4;
--answered:#1d5c9f;--missed:#c2570c;--abandoned:#eda35f;--other:#b9c2cc;--connected:#2f8577;--unconnected:#a5d0c8;--unclassified:#8a94a0;--level:#6b4fa0;
--ok:#2f8577;--wait:#b7791f;--bad:#b3261e;--none:#888;
--h0:#f4f6f8;--h1:#dce8f4;--h2:#b5d0ea;--h3:#84b1dc;--h4:#5790c8;--h5:#2c6cad;--h6:#134a83;--h1t:#000;--h2t:#000;--h3t:#000;--h4t:#000;--h5t:#fff;--h6t:#fff}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{font-size:10.5pt}
header,nav,main,footer{max-width:none;padding:0}
nav,details:not([open]){display:none}
h1{font-size:20pt}h2{font-size:13pt;break-after:avoid}
section{padding-top:14pt}section+section{margin-top:12pt}
.lead{break-after:avoid}
.figures{grid-template-columns:repeat(4,1fr);gap:12pt 16pt}
.figures .value{font-size:17pt}
.pair{grid-template-columns:1fr 1fr}
.figures>div,.chart,.account,.definitions>div,tr,.legend{break-inside:avoid}
.definitions{grid-template-columns:1fr 1fr}
.scroll{overflow:visible}
table{font-size:8.5pt}
.number{padding-left:8px}.bar{min-width:70px}tbody th{min-width:90px}td.text{min-width:60px}
thead{display:table-header-group}
.cell{display:none}
}
`;
