import pc from "picocolors";

type Colors = ReturnType<typeof pc.createColors>;

/** Returns the colors of a stream: by the environment (`NO_COLOR`, `FORCE_COLOR`), else only on a terminal. */
function colorsFor(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0";
  const isPlain = (NO_COLOR ?? "") !== "" || TERM === "dumb";
  return pc.createColors(!isPlain && (isForced || stream.isTTY));
}

export function stderrColors(): Colors {
  return colorsFor(process.stderr);
}

export function stdoutColors(): Colors {
  return colorsFor(process.stdout);
}
