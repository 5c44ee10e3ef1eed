import { execFile, spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import xterm from "@xterm/headless";
import { onTestFinished } from "vitest";
import { CLI, environment, newFolder } from "./command.js";
import { ConditionWaiter } from "./condition-waiter.js";

/** The settings of a terminal, and of the command that runs in it. */
export interface TerminalOptions {
  columns?: number;
  rows?: number;
  /** Whether the terminal reports its size. Default true. */
  reportsSize?: boolean;
  env?: Readonly<Record<string, string>>;
  /** The working folder. Default: a new, empty folder. */
  cwd?: string;
  /** Text after the command for the shell, such as `> file` or `| cat`. */
  then?: string;
}

/** A terminal that runs `call-records`, and its visible content. The program `script` of util-linux provides the terminal, and xterm.js renders it. */
export class PseudoTerminal {
  private readonly screen: xterm.Terminal;
  private readonly waiter = new ConditionWaiter();
  private text = "";
  /** Resolves with the exit code of the command when all its output has been rendered. */
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
        this.waiter.check();
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
    { columns = 80, rows = 24, reportsSize = true, env = {}, cwd, then = "" }: TerminalOptions = {},
  ): Promise<PseudoTerminal> {
    const folder = cwd ?? (await newFolder());
    const device = join(await newFolder(), "device");
    const quoted = [process.execPath, CLI, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
    const size = reportsSize ? `cols ${columns} rows ${rows}` : "cols 0 rows 0";
    const command = `stty ${size}; tty > '${device}'; ${then.startsWith("|") ? "" : "exec "}${quoted} ${then}`;
    // The input stays open, because `script` types Ctrl-D at its end.
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

  /** The complete output, including escape sequences. */
  get written(): string {
    return this.text;
  }

  /** The rendered lines, including those that have scrolled off the screen. */
  get lines(): string[] {
    const { buffer } = this.screen;
    const lines = Array.from(
      { length: buffer.active.length },
      (_, index) => buffer.active.getLine(index)?.translateToString(true) ?? "",
    );
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** The lines on the screen. */
  get visible(): string[] {
    return this.lines.slice(this.scrolledAway);
  }

  /** Number of lines that have scrolled off the screen. */
  get scrolledAway(): number {
    return this.screen.buffer.active.baseY;
  }

  /** Whether a line was too long for the terminal, and continues in the next one. */
  get hasWrapped(): boolean {
    const { active } = this.screen.buffer;
    return Array.from({ length: active.length }, (_, index) => active.getLine(index)?.isWrapped ?? false).includes(
      true,
    );
  }

  get cursorIsVisible(): boolean {
    return this.text.lastIndexOf("\u001b[?25l") <= this.text.lastIndexOf("\u001b[?25h");
  }

  /** Returns the text between two cells of a line. A Chinese character takes two cells. */
  textBetween(line: number, from: number, to?: number): string {
    return this.screen.buffer.active.getLine(line)?.translateToString(true, from, to) ?? "";
  }

  /** Waits until the screen fulfils a condition. @throws Error with the screen when the command ends first. */
  async until(holds: (terminal: PseudoTerminal) => boolean): Promise<void> {
    const ended = this.code.then(
      (code) => `The command ended first, with exit code ${String(code)}. The screen:\n${this.lines.join("\n")}`,
    );
    await this.waiter.until(() => holds(this), ended);
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
