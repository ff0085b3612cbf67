import { readFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { MAIN, Scratch } from "./support.js";
import { Terminal, hasTmux } from "./tmux.js";

let terminal: Terminal;
afterEach(() => terminal.close());

const scratch = new Scratch();
afterAll(() => scratch.remove());

/** Says the exit code and whether the terminal is as it was. */
const AFTERWARDS = `echo "code=$?"; stty -a | grep -o -- '-*icanon'`;

function command(args: string): string {
  return `"${process.execPath}" "${MAIN}" ${args}; ${AFTERWARDS}`;
}

describe.runIf(hasTmux)("in a terminal, the built-in guest", () => {
  it("takes commands, edits lines, and ends with 0 at poweroff", async () => {
    terminal = new Terminal(command("boot builtin"));
    await terminal.see(/guest>$/m);
    terminal.type("helpx");
    terminal.press("BSpace", "Enter");
    await terminal.see(/poweroff: power off through ACPI/);
    terminal.type("garbage");
    terminal.press("C-c");
    terminal.type("timer");
    terminal.press("Enter");
    await terminal.see(/ten ticks took \d+ cycles/);
    terminal.type("poweroff");
    terminal.press("Enter");
    await terminal.see(/^code=0\nicanon$/m);
  });

  it("is left with Ctrl-A x, which puts the terminal back", async () => {
    terminal = new Terminal(command("boot builtin"));
    await terminal.see(/guest>$/m);
    terminal.press("C-a");
    terminal.type("x");
    const screen = await terminal.see(/^code=130\nicanon$/m);
    expect(screen).toContain("isg: left; the guest was still running");
  });

  it("puts the terminal back when it is told to end", async () => {
    const note = scratch.file("pid", "");
    // One shell more, which writes down the process that it then becomes.
    terminal = new Terminal(
      `sh -c 'echo $$ > "${note}"; exec "${process.execPath}" "${MAIN}" boot builtin'; ${AFTERWARDS}`,
    );
    await terminal.see(/guest>$/m);
    process.kill(Number(readFileSync(note, "utf8")), "SIGTERM");
    await terminal.see(/^code=130\nicanon$/m);
  });
});

// Fetches two packages where they are not in the cache: for CI, and for who asks for it.
const LONG = process.env["ISG_ORACLE"] === "long";
const canFetch = LONG && requireOracle("apt-get", hasCommand("apt-get"));

describe.runIf(hasTmux && canFetch)("in a terminal, Debian", () => {
  it("gives a shell with ls, top, vi and Ctrl-C, and ends with 0 at poweroff", { timeout: 240_000 }, async () => {
    terminal = new Terminal(command("boot debian"));
    await terminal.see(/debian:~#$/m, 180);

    terminal.type("ls /");
    terminal.press("Enter");
    await terminal.see(/bin +dev +etc +init +lib +mnt +proc +root/);

    terminal.type("clear; stty size");
    terminal.press("Enter");
    await terminal.see(/^30 100$/m);

    // Ctrl-C reaches what runs in the foreground; before that has begun, it would reach the shell.
    terminal.type("sh -c 'echo be''gun; sleep 1000'");
    terminal.press("Enter");
    await terminal.see(/^begun$/m);
    terminal.press("C-c");
    terminal.type("echo $((6 * 7)), $?");
    terminal.press("Enter");
    // 128 + SIGINT
    await terminal.see(/^42, 130$/m);

    terminal.type("top");
    terminal.press("Enter");
    await terminal.see(/^Mem: \d+K used.*\n.*CPU:/m);
    await terminal.see(/PID +PPID +USER/);
    terminal.type("q");
    await terminal.see(/debian:~#$/m);

    terminal.type("clear; vi note");
    terminal.press("Enter");
    await terminal.see(/^~\n/m);
    terminal.type("iwritten in vi");
    await terminal.see(/^written in vi$/m);
    terminal.press("Escape");
    // What follows Escape at once would be taken for a part of it.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    terminal.type(":wq");
    terminal.press("Enter");
    await terminal.see(/debian:~#$/m);
    terminal.type("clear; wc -c note");
    terminal.press("Enter");
    await terminal.see(/^14 note$/m);

    terminal.type("poweroff");
    terminal.press("Enter");
    await terminal.see(/^code=0\nicanon$/m, 60);
  });
});
