import type { Zone } from "../../adapter.js";
import { dateOf, type Day } from "../calendar/day.js";
import type { Period } from "../calendar/periods.js";
import type { ReportLocale } from "../report-options.js";
import { en } from "./en.js";
import type { Words } from "./words.js";
import { zhCn } from "./zh-cn.js";

/** British English has the order of days and months that no reader confuses. */
const LANGUAGES: Readonly<Record<ReportLocale, { tag: string; words: Words }>> = {
  en: { tag: "en-GB", words: en },
  "zh-CN": { tag: "zh-CN", words: zhCn },
};
/** A Monday. */
const MONDAY = 4;

/** The words of a language, and its forms of numbers and dates. */
export class Formats {
  readonly words: Words;
  private readonly integer: Intl.NumberFormat;
  private readonly decimal: Intl.NumberFormat;
  private readonly ratio: Intl.NumberFormat;
  private readonly tag: string;
  private readonly dates = new Map<string, Intl.DateTimeFormat>();

  constructor(readonly locale: ReportLocale) {
    const { tag, words } = LANGUAGES[locale];
    this.tag = tag;
    this.words = words;
    this.integer = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
    this.decimal = new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    this.ratio = new Intl.NumberFormat(tag, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  }

  readonly count = (value: number): string => this.integer.format(value);

  readonly oneDecimal = (value: number): string => this.decimal.format(value);

  readonly percent = (value: number): string => this.ratio.format(value);

  /** A difference with its sign. */
  readonly signed = (value: number): string => `${value > 0 ? "+" : ""}${this.oneDecimal(value)}`;

  /** A duration: `45 s`, `2:05`, `1:02:05`. */
  readonly duration = (seconds: number): string => {
    const whole = Math.round(seconds);
    if (whole < 60) return this.words.seconds(this.count(whole));
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const twoDigits = (value: number) => String(value).padStart(2, "0");
    return hours === 0 ? `${minutes}:${twoDigits(rest)}` : `${hours}:${twoDigits(minutes)}:${twoDigits(rest)}`;
  };

  /** Seconds as whole minutes, without a unit. */
  readonly inMinutes = (seconds: number): string => this.count(seconds / 60);

  /** A day without its year, for axes. */
  readonly shortDay = (day: Day): string => this.date({ day: "numeric", month: "short" }, day);

  readonly fullDay = (day: Day): string => this.date({ day: "numeric", month: "short", year: "numeric" }, day);

  readonly dayWithWeekday = (day: Day): string =>
    this.date({ weekday: "short", day: "numeric", month: "short", year: "numeric" }, day);

  readonly month = (day: Day): string => this.date({ month: "short", year: "numeric" }, day);

  /** @param weekday from 1 (Monday) to 7. */
  readonly weekday = (weekday: number, width: "short" | "long" = "short"): string =>
    this.date({ weekday: width }, MONDAY + weekday - 1);

  readonly hour = (hour: number): string => {
    const twoDigits = (value: number) => `${String(value).padStart(2, "0")}:00`;
    return `${twoDigits(hour)}–${twoDigits(hour + 1)}`;
  };

  /** An instant in a zone, in whole minutes. */
  readonly instant = (iso: string, zone: Zone): string => {
    const wall = zone.toWall(Date.parse(iso));
    return `${this.fullDay(Math.floor(wall / 86_400_000))} ${new Date(wall).toISOString().slice(11, 16)}`;
  };

  /** The name of a period in a table. */
  readonly period = ({ unit, first }: Period): string => {
    if (unit === "day") return this.dayWithWeekday(first);
    return unit === "week" ? this.words.weekOf(this.fullDay(first)) : this.month(first);
  };

  private date(options: Intl.DateTimeFormatOptions, day: Day): string {
    const key = JSON.stringify(options);
    const format = this.dates.get(key) ?? new Intl.DateTimeFormat(this.tag, { ...options, timeZone: "UTC" });
    this.dates.set(key, format);
    return format.format(dateOf(day));
  }
}
