import { daysFrom, weekdayOf } from "../calendar/day.js";
import { HEAT_COLORS, type HeatCell, heatMap } from "../charts/heat-map.js";
import { dataTable, details } from "../markup/data-table.js";
import { markup, type Html } from "../markup/html.js";
import { emptyMessage, type Section, type SectionInput } from "./section.js";

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** Returns the mean number of calls by weekday and hour. A mean, because a range may contain one weekday more often than another. */
export function hours({ data, formats }: SectionInput): Section {
  const { words, oneDecimal } = formats;
  const { heading, description, outside } = words.heatMap;
  const means = meansOf(data);
  const busiest = means.reduce<Mean | null>(
    (most, mean) => ((mean.calls ?? 0) > (most?.calls ?? 0) ? mean : most),
    null,
  );
  if (busiest === null) return { id: "hours", heading, lead: null, content: emptyMessage(words.noCalls) };
  const most = busiest.calls ?? 0;
  const cellOf = ({ weekday, hour, calls }: Mean): HeatCell => ({
    value: calls,
    label: calls === null || calls === 0 ? "" : most < 10 ? oneDecimal(calls) : formats.count(calls),
    title: `${formats.weekday(weekday)} ${formats.hour(hour)}: ${calls === null ? outside : oneDecimal(calls)}`,
  });
  const rows = WEEKDAYS.map((weekday) => ({ weekday, means: means.filter((mean) => mean.weekday === weekday) }));
  const chart = heatMap(
    { id: "hours-chart", title: heading, description },
    rows.map(({ weekday, means: own }) => ({ name: formats.weekday(weekday), cells: own.map(cellOf) })),
    HOURS.map((hour) => String(hour).padStart(2, "0")),
  );
  const table = dataTable(
    heading,
    [
      { heading: words.columns.weekday, cell: ({ weekday }) => formats.weekday(weekday, "long") },
      ...HOURS.map((hour) => ({
        heading: String(hour).padStart(2, "0"),
        isNumber: true,
        cell: ({ means: own }: (typeof rows)[number]) => {
          const calls = own[hour]?.calls ?? null;
          return calls === null ? outside : oneDecimal(calls);
        },
      })),
    ],
    rows,
  );
  return {
    id: "hours",
    heading,
    lead: words.heatMap.lead(formats.weekday(busiest.weekday, "long"), formats.hour(busiest.hour), oneDecimal(most)),
    content: [chart, scaleOf(words.heatMap.few, words.heatMap.many), details(words.numbers, table)],
  };
}

interface Mean {
  weekday: number;
  hour: number;
  /** Null where the range has no such weekday. */
  calls: number | null;
}

function meansOf({ hours: groups, range }: SectionInput["data"]): Mean[] {
  const calls = new Map(groups.map(({ key, metrics }) => [`${key.weekday ?? ""} ${Number(key.hour)}`, metrics.calls]));
  const days = range === null ? [] : daysFrom(range.first, range.last).map(weekdayOf);
  return WEEKDAYS.flatMap((weekday) => {
    const times = days.filter((day) => day === weekday).length;
    return HOURS.map((hour) => ({
      weekday,
      hour,
      calls: times === 0 ? null : (calls.get(`${weekday} ${hour}`) ?? 0) / times,
    }));
  });
}

/** Returns the key of the colors. */
function scaleOf(few: string, many: string): Html {
  const colors = Array.from({ length: HEAT_COLORS }, (_, index) => index + 1);
  const squares = colors.map(
    (color) => markup`<g class="heat-${color}"><rect x="${(color - 1) * 20}" width="18" height="10" rx="2" /></g>`,
  );
  return markup`<p class="heat-key">${few} <svg aria-hidden="true" width="${HEAT_COLORS * 20}" height="10">${squares}</svg> ${many}</p>`;
}
