const COLORS = ["answered", "missed", "abandoned", "other", "connected", "unconnected", "unclassified", "level"];
const HEAT = [1, 2, 3, 4, 5, 6];

/** The style of the charts. */
export const chartStyle = `
.chart{display:block;overflow:visible;margin:10px 0 0 46px;width:calc(100% - 46px);font-size:12px}
.strip{display:block}
.legend{display:flex;flex-wrap:wrap;gap:4px 20px;margin:0;padding:0;list-style:none;font-size:14px}
.legend li{display:flex;align-items:center;gap:7px}
.legend strong{font-weight:600}
.swatch{flex:none}
.tick{fill:var(--muted)}
.value.tick{text-anchor:end}
.label{fill:var(--ink);font-weight:600;paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
.grid{stroke:var(--rule)}
.zero{stroke:var(--muted)}
.hit{fill:transparent}
g:hover>.hit{fill:var(--ink);fill-opacity:.06}
.provisional rect:not(.hit){opacity:.5}
.provisional-from{stroke:var(--muted);stroke-dasharray:3 3}
.missing{fill:var(--bad);opacity:var(--mark)}
.line{fill:none;stroke-width:2px;vector-effect:non-scaling-stroke;stroke-linejoin:round}
.dashed{stroke-dasharray:2 4}
${COLORS.map((name) => `.${name}{fill:var(--${name})}.line.${name}{fill:none;stroke:var(--${name})}`).join("\n")}
.dot{stroke:var(--paper);stroke-width:1px}
.heat-0 rect{fill:var(--h0)}
${HEAT.map((color) => `.heat-${color} rect{fill:var(--h${color})}.heat-${color} text{fill:var(--h${color}t)}`).join("\n")}
.outside rect{fill:none;stroke:var(--rule);stroke-dasharray:2 3}
.cell{font-size:11px}
.heat-key{display:flex;align-items:center;gap:8px;margin-top:8px;font-size:13px;color:var(--muted);justify-content:flex-end}
.state-complete{fill:var(--ok)}
.state-partial{fill:var(--ok);fill-opacity:.35;stroke:var(--ok);stroke-width:1}
.state-unsettled{fill:var(--wait);fill-opacity:.35;stroke:var(--wait);stroke-width:1;stroke-dasharray:3 2}
.state-missing{fill:var(--bad)}
.state-unverified{fill:none;stroke:var(--none);stroke-dasharray:2 3}
@media (max-width:900px){.cell{display:none}}
@media (max-width:560px){.minor,.rare{display:none}.chart{margin-left:40px;width:calc(100% - 40px)}}
@media (forced-colors:active){.chart,.strip,.bar,.swatch,.heat-key svg{forced-color-adjust:none}}
`;
