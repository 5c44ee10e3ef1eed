import pc from "picocolors";

type Colors = ReturnType<typeof pc.createColors>;

/** As the environment wants it (`NO_COLOR`, `FORCE_COLOR`), else where a person looks at it. */
function colorsFor(stream: NodeJS.WriteStream): Colors {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const wanted = FORCE_COLOR !== undefined && FORCE_COLOR !== "" && FORCE_COLOR !== "0";
  const isPlain = (NO_COLOR ?? "") !== "" || TERM === "dumb";
  return pc.createColors(!isPlain && (wanted || stream.isTTY));
}

export function stderrColors(): Colors {
  return colorsFor(process.stderr);
}

export function stdoutColors(): Colors {
  return colorsFor(process.stdout);
}
