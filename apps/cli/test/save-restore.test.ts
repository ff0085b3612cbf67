import { readFileSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAIN, Scratch, isg, start, tinyKernel } from "./support.js";
import { Terminal, hasTmux } from "./tmux.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());

const path = (name: string): string => `${scratch.folder}/${name}`;

/** Little memory: less to save. */
const BOOT = ["boot", "builtin", "--memory", "16M"];

interface Result {
  readonly end: string;
  readonly statistics: { readonly instructions: number };
}

/** The built-in guest's demonstration from beginning to end: what it says, and how many instructions it takes. */
let whole: { readonly output: string; readonly result: Result };
beforeAll(async () => {
  const { stdout, stderr } = await start([...BOOT, "--json"]);
  whole = { output: stderr, result: JSON.parse(stdout) as Result };
});

describe("a guest saved in the middle and restored in a new process", () => {
  it.each<[at: number]>([[1], [250_001], [4_000_000]])(
    "at %i instructions ends with the same output and the same count",
    async (at) => {
      expect(whole.output).toContain("powering off");
      expect(whole.result.end).toBe("poweroff");
      const file = path(`at-${at}`);
      const half = ["--save", file, "--save-at", "limit", "--limit", String(at)];
      const first = await start([...BOOT, ...half]);
      expect(first.code).toBe(7);
      expect(first.stderr).toContain(`isg: saved in ${file} at ${at} instructions\n`);
      // With --json the serial line is on stderr.
      const second = await start(["run", "--restore", file, "--json"]);
      expect(second.code).toBe(0);
      expect(first.stdout + second.stderr).toBe(whole.output);
      expect(first.stdout.length < whole.output.length).toBe(true);
      const counted = JSON.parse(second.stdout) as Result;
      expect(counted.end).toBe("poweroff");
      expect(counted.statistics.instructions).toBe(whole.result.statistics.instructions);
    },
  );

  it("has as many processors as before", async () => {
    const file = path("two");
    const two = [...BOOT, "--smp", "2"];
    const all = await start([...two, "--json"]);
    const first = await start([...two, "--save", file, "--save-at", "limit", "--limit", "300000"]);
    const second = await start(["run", "--restore", file, "--json"]);
    expect(first.stdout + second.stderr).toBe(all.stderr);
    const { statistics } = JSON.parse(second.stdout) as Result & {
      readonly statistics: { readonly vcpus: readonly { readonly instructions: number }[] };
    };
    expect(statistics.instructions).toBe((JSON.parse(all.stdout) as Result).statistics.instructions);
    // The built-in guest starts no second one.
    expect(statistics.vcpus).toEqual([{ instructions: statistics.instructions }, { instructions: 0 }]);
    const { code, stderr } = await isg(["run", "--restore", file, "--verify"]);
    const why = `--verify: ${file} was saved with --smp 2, and --verify follows one processor; leave it out\n`;
    expect({ code, stderr }).toEqual({ code: 2, stderr: why });
    const other = await isg(["run", "--restore", file, "--smp", "3"]);
    expect([other.code, other.stderr]).toEqual([
      1,
      `--restore ${file}: was saved with --smp 2, not --smp 3; leave the option out, or give the same\n`,
    ]);
  });

  it("goes on after the save as if there had been none", async () => {
    const file = path("on");
    const saving = await start([...BOOT, "--save", file, "--save-at", "1000000"]);
    expect(saving).toEqual({
      code: 0,
      stdout: whole.output,
      stderr: `isg: saved in ${file} at 1000000 instructions\n`,
    });
    // By the command that saved it; the others use isg run.
    const { stdout } = await start(["boot", "builtin", "--restore", file]);
    expect(stdout).not.toBe("");
    expect(whole.output.endsWith(stdout)).toBe(true);
  });

  it("can be saved again", async () => {
    const [first, second] = [path("first"), path("second")];
    const one = await start([...BOOT, "--save", first, "--save-at", "limit", "--limit", "100000"]);
    const more = ["--save", second, "--save-at", "limit", "--limit", "3000000"];
    const two = await start(["run", "--restore", first, ...more]);
    const three = await start(["run", "--restore", second]);
    expect(one.stdout + two.stdout + three.stdout).toBe(whole.output);
  });

  it("keeps its name where it is saved again", async () => {
    const more = ["--save", path("named"), "--save-at", "limit", "--limit", "1000001"];
    expect((await start(["run", "--restore", path("on"), ...more])).code).toBe(7);
    expect((await isg(["boot", "debian", "--restore", path("named")])).stderr).toContain(
      "saved by isg boot builtin, not",
    );
  });

  it("is measured by what was executed since then", async () => {
    const kernel = scratch.file("measured", tinyKernel("again: inc eax\njmp again"));
    const file = path("measured.isg");
    const plan = ["--save", file, "--save-at", "limit", "--limit", "40000000"];
    await start(["run", "--kernel", kernel, "--memory", "2M", ...plan]);
    const { stderr } = await start(["run", "--restore", file, "--limit", "40002000", "--stats"]);
    expect(stderr).toMatch(/^guest instructions +2,000 of 40,002,000 since the machine's start$/m);
    expect(stderr).toMatch(/^speed +\d\.\d million guest instructions/m);
  });

  it("may be read by its owner alone, and no part of a file is left", async () => {
    expect(statSync(path("on")).mode & 0o777).toBe(0o600);
    expect(scratch.list().filter((name) => name.endsWith(".part"))).toEqual([]);
  });

  it("finds its disk", async () => {
    const disk = scratch.file("disk.img", new Uint8Array(65536));
    const kernel = scratch.file("kernel", tinyKernel("again: inc eax\njmp again"));
    const file = path("with-disk");
    const board = ["--memory", "16M", "--disk", `${disk},ro`];
    await start(["run", "--kernel", kernel, ...board, "--save", file, "--save-at", "limit", "--limit", "1000"]);
    expect((await start(["run", "--restore", file, "--limit", "2000", "--json"])).code).toBe(7);
    expect((await start(["run", "--restore", file, ...board, "--limit", "2000"])).code).toBe(7);
    const wrong = await isg(["run", "--restore", file, "--disk", disk]);
    expect(wrong.stderr).toMatch(/was saved with --disk .*disk\.img,ro, not --disk .*disk\.img; leave the option out/);
    scratch.file("disk.img", new Uint8Array(1024));
    const short = await isg(["run", "--restore", file]);
    expect(short.stderr).toMatch(/its disk .*disk\.img has 1024 bytes; when saved it had 65536/);
    expect(short.code).toBe(1);
  });
});

describe("saving and restoring: bad input ends with one line", () => {
  const damaged = (name: string, change: (file: Uint8Array) => Uint8Array): string =>
    scratch.file(name, change(Uint8Array.from(readFileSync(path("on")))));
  const flip = (file: Uint8Array, at: number): Uint8Array => {
    file[at]! ^= 1;
    return file;
  };
  const RESTORE: readonly (readonly [what: string, file: () => string, message: RegExp])[] = [
    ["a missing file", () => "/nowhere/guest", /^--restore \/nowhere\/guest: no such file$/],
    ["a file that is none", () => scratch.file("text", "hello\n"), /does not begin with "ISGGUEST": not a guest/],
    ["an empty file", () => scratch.file("empty", ""), /does not begin with "ISGGUEST"/],
    ["one cut in its first line", () => damaged("cut", (f) => f.subarray(0, 60)), /ends inside its first line/],
    ["one cut in its state", () => damaged("cut2", (f) => f.subarray(0, 4000)), /state file: \d+ bytes; the state/],
    ["one cut in memory", () => damaged("cut3", (f) => f.subarray(0, f.length - 9)), /ends inside the memory at 0x/],
    [
      "a board that was changed",
      () => damaged("board", (f) => flip(f, 90)),
      /first line is wrong: the file is damaged/,
    ],
    ["a state that was changed", () => damaged("state", (f) => flip(f, 3000)), /checksum .*: the file is damaged/],
    [
      "memory that was changed",
      () => damaged("memory", (f) => flip(f, f.length - 500)),
      /checksum of the memory at 0x/,
    ],
    ["another version", () => damaged("version", (f) => flip(f, 9)), /version 0; this isg reads version 1/],
  ];
  it.each(RESTORE)("%s", async (_what, file, message) => {
    const name = file();
    const { code, stdout, stderr } = await isg(["run", "--restore", name]);
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr).toContain(`--restore ${name}: `);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });

  const on = (): string => path("on");
  /** Of the test that measures. */
  const own = (): string => path("measured.isg");
  it.each<[what: string, exit: number, args: () => string[], message: RegExp]>([
    [
      "other memory",
      1,
      () => ["run", "--restore", on(), "--memory", "128M"],
      /saved with --memory 16M, not --memory 128M/,
    ],
    [
      "another CPU",
      2,
      () => ["run", "--restore", on(), "--cpu", "z80"],
      /--cpu z80: x86-64, x86-64-v2, x86-64-v3 or max/,
    ],
    [
      "another guest",
      1,
      () => ["boot", "debian", "--restore", on()],
      /^--restore .*: was saved by isg boot builtin, not isg boot debian; isg run --restore goes on with any saved guest$/,
    ],
    [
      "a limit that is past",
      2,
      () => ["run", "--restore", on(), "--limit", "1000000"],
      /^--limit 1000000: .* is at 1000000 instructions already, and the limit counts from the machine's start$/,
    ],
    [
      "a guest of isg run's, asked for by another name",
      1,
      () => ["boot", "builtin", "--restore", own()],
      /was saved by isg run, not isg boot builtin; isg run --restore goes on with any saved guest$/,
    ],
    ["a disk more", 1, () => ["run", "--restore", on(), "--disk", on()], /saved with no disk, not --disk /],
    ["a kernel too", 2, () => ["run", "--restore", on(), "--kernel", "k"], /--kernel belongs to a boot; --restore/],
    [
      "a kernel too, of boot",
      2,
      () => ["boot", "debian", "--restore", on(), "--kernel", "k"],
      /--kernel belongs to a boot/,
    ],
    ["neither kernel nor state", 2, () => ["run", "--save", "x"], /--kernel FILE is needed, or --restore FILE/],
    [
      "no folder",
      1,
      () => ["boot", "builtin", "--save", "/nowhere/x", "--save-at", "1"],
      /--save \/nowhere\/x: there is no folder \/nowhere/,
    ],
    ["a folder", 1, () => ["boot", "builtin", "--save", scratch.folder, "--save-at", "1"], /is a folder, not a file/],
    ["no time to save", 2, () => ["boot", "builtin", "--save", path("x")], /without a terminal there is no Ctrl-A s/],
    ["no file to save in", 2, () => ["boot", "builtin", "--save-at", "1"], /--save FILE is needed/],
    [
      "a time that is none",
      2,
      () => ["boot", "builtin", "--save", path("x"), "--save-at", "0"],
      /--save-at 0: a number of instructions from 1 up/,
    ],
    [
      "a time that is past",
      2,
      () => ["run", "--restore", on(), "--save", path("x"), "--save-at", "9"],
      /--save-at 9: .* is at 1000000 instructions already/,
    ],
  ])("%s", async (_what, exit, args, message) => {
    const { code, stdout, stderr } = await isg(args());
    expect(stderr.trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(code).toBe(exit);
    expect(scratch.list()).not.toContain("x");
  });

  it("a guest that ends before it is to be saved", async () => {
    const { code, stderr } = await start([...BOOT, "--save", path("x"), "--save-at", "999999999"]);
    const { instructions } = whole.result.statistics;
    expect(stderr).toBe(
      `isg: --save-at 999999999: nothing was saved; the guest ended (poweroff) after ${instructions} instructions\n`,
    );
    expect(code).toBe(1);
    expect(scratch.list()).not.toContain("x");
  });
});

describe.runIf(hasTmux)("in a terminal", () => {
  const command = (args: string): string => `"${process.execPath}" "${MAIN}" ${args}; echo "code=$?"`;

  it("Ctrl-A s saves, and the restored guest takes commands where the saved one did", async () => {
    const file = path("typed");
    const first = new Terminal(command(`boot builtin --save ${file}`));
    try {
      await first.see(/guest>$/m);
      first.type("non");
      await first.see(/guest> non$/m);
      first.press("C-a");
      first.type("s");
      await first.see(/isg: saved in .*typed at \d+ instructions/);
      first.press("C-a");
      first.type("x");
      await first.see(/^code=130$/m);
    } finally {
      first.close();
    }
    const second = new Terminal(command(`run --restore ${file}`));
    try {
      await second.see(/typed: goes on at \d+ instructions; Ctrl-A x leaves/);
      second.type("sense");
      second.press("Enter");
      await second.see(/no command "nonsense"/);
      second.type("poweroff");
      second.press("Enter");
      await second.see(/^code=0$/m);
    } finally {
      second.close();
    }
  });

  it("Ctrl-A s without --save says so, and the guest goes on", async () => {
    const terminal = new Terminal(command("boot builtin"));
    try {
      await terminal.see(/guest>$/m);
      terminal.press("C-a");
      terminal.type("s");
      await terminal.see(/isg: nothing saved: isg was started without --save FILE/);
      terminal.type("poweroff");
      terminal.press("Enter");
      await terminal.see(/^code=0$/m);
    } finally {
      terminal.close();
    }
  });
});
