import { execFile, spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import xterm from "@xterm/headless";
import { onTestFinished } from "vitest";
import { CLI, environment, newFolder } from "./command.js";
import { Lookout } from "./lookout.js";

/** How a terminal is, and what is run in it. */
export interface TerminalOptions {
  columns?: number;
  rows?: number;
  /** Whether it says how large it is; default true. */
  tellsSize?: boolean;
  env?: Readonly<Record<string, string>>;
  /** The working folder. Default one that is new and empty. */
  cwd?: string;
  /** Text after the command for the shell, such as `> file` or `| cat`. */
  then?: string;
}

/** `call-records` in a terminal, and what a person sees there. util-linux's `script` makes the terminal, and xterm.js draws it. */
export class PseudoTerminal {
  private readonly screen: xterm.Terminal;
  private readonly lookout = new Lookout();
  private text = "";
  /** The exit code of the command, after all its output was drawn. */
  readonly code: Promise<number | null>;

  private constructor(
    private readonly child: ChildProcessWithoutNullStreams,
    private readonly device: string,
    { columns, rows }: { columns: number; rows: number },
  ) {
    this.screen = new xterm.Terminal({ cols: columns, rows, scrollback: 10_000, allowProposedApi: true });
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      this.text += part;
      this.screen.write(part, () => {
        this.lookout.look();
      });
    });
    this.code = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        this.screen.write("", () => {
          resolve(code);
        });
      });
    });
  }

  static async open(
    args: readonly string[],
    { columns = 80, rows = 24, tellsSize = true, env = {}, cwd, then = "" }: TerminalOptions = {},
  ): Promise<PseudoTerminal> {
    const folder = cwd ?? (await newFolder());
    const device = join(await newFolder(), "device");
    const quoted = [process.execPath, CLI, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    const size = tellsSize ? `cols ${columns} rows ${rows}` : "cols 0 rows 0";
    const command = `stty ${size}; tty > '${device}'; ${then.startsWith("|") ? "" : "exec "}${quoted} ${then}`;
    // Its input stays open: at its end, `script` would type Ctrl-D.
    const child = spawn("script", ["-qfec", command, "/dev/null"], {
      cwd: folder,
      env: environment({ TERM: "xterm-256color", SHELL: "/bin/sh", LANG: "C.UTF-8", ...env }),
      stdio: "pipe",
    });
    onTestFinished(() => {
      child.kill("SIGKILL");
    });
    return new PseudoTerminal(child, device, { columns, rows });
  }

  /** All that was written, escapes included. */
  get written(): string {
    return this.text;
  }

  /** Lines as they are seen, those that have scrolled away included. */
  get lines(): string[] {
    const { buffer } = this.screen;
    const lines = Array.from(
      { length: buffer.active.length },
      (_, index) => buffer.active.getLine(index)?.translateToString(true) ?? "",
    );
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** Lines that are on the screen. */
  get visible(): string[] {
    return this.lines.slice(this.scrolledAway);
  }

  /** How many lines have scrolled away. */
  get scrolledAway(): number {
    return this.screen.buffer.active.baseY;
  }

  /** Whether a line was too long for the terminal, and continues in the next. */
  get hasWrapped(): boolean {
    const { active } = this.screen.buffer;
    return Array.from({ length: active.length }, (_, index) => active.getLine(index)?.isWrapped ?? false).includes(
      true,
    );
  }

  get cursorIsVisible(): boolean {
    return this.text.lastIndexOf("\u001b[?25l") <= this.text.lastIndexOf("\u001b[?25h");
  }

  /** The text that stands between two cells of a line: a Chinese character takes two. */
  textBetween(line: number, from: number, to?: number): string {
    return this.screen.buffer.active.getLine(line)?.translateToString(true, from, to) ?? "";
  }

  /** Waits until what is seen is so. @throws Error with the screen when the command ends before. */
  async until(isSo: (terminal: PseudoTerminal) => boolean): Promise<void> {
    const ended = this.code.then(
      (code) => `The command ended (${String(code)}) before. Its screen:\n${this.lines.join("\n")}`,
    );
    await this.lookout.until(() => isSo(this), ended);
  }

  press(keys: string): void {
    this.child.stdin.write(keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    const device = (await readFile(this.device, "utf8")).trim();
    this.screen.resize(columns, rows);
    await promisify(execFile)("stty", ["-F", device, "cols", String(columns), "rows", String(rows)]);
  }
}

export const CTRL_C = "\u0003";
