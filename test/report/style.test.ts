import { describe, expect, it } from "vitest";
import { style } from "../../src/report/markup/styles.js";

/** Returns the colors of a mode by their name. */
function colorsOf(css: string): Map<string, string> {
  return new Map(
    [...css.matchAll(/--([\w-]+):(#[0-9a-f]{3,6})[;}]/g)].map(([, name = "", color = ""]) => [name, color]),
  );
}

/** Returns the luminance of a color, by WCAG 2. */
function luminance(color: string): number {
  const digits =
    color.length === 4
      ? color
          .slice(1)
          .match(/./g)
          ?.map((digit) => digit + digit)
      : color.slice(1).match(/../g);
  const [red = 0, green = 0, blue = 0] = (digits ?? []).map((pair) => {
    const part = Number.parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const [light = "", dark = ""] = style.split("@media (prefers-color-scheme:dark)");
const modes = [
  ["light", colorsOf(light)],
  ["dark", colorsOf(dark.slice(0, dark.indexOf("}}")))],
] as const;
const TEXTS = [
  ["ink", "paper"],
  ["muted", "paper"],
  ["ink", "soft"],
  ["muted", "soft"],
  ...[1, 2, 3, 4, 5, 6].map((color) => [`h${color}t`, `h${color}`] as const),
] as const;
/** Colors that carry a meaning, and are not beside each other on purpose only. */
const SHAPES = ["answered", "missed", "connected", "level", "ok", "bad"];

describe.each(modes)("the colors of the %s mode", (_, colors) => {
  const color = (name: string) => colors.get(name) ?? "";

  it.each(TEXTS)("%s on %s has the contrast of the level AA", (text, background) => {
    expect(contrast(color(text), color(background))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(SHAPES)("%s differs from the background", (name) => {
    expect(contrast(color(name), color("paper"))).toBeGreaterThanOrEqual(3);
  });
});
