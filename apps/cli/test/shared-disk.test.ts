import { spawn } from "node:child_process";
import { once } from "node:events";
import { linkSync, symlinkSync } from "node:fs";
import { hasCommand } from "@isinglass/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAIN, Scratch, isg, start, tinyKernel } from "./support.js";

const scratch = new Scratch();
let disk: string;
let run: string[];
beforeAll(() => {
  disk = scratch.file("disk.img", new Uint8Array(4096));
  symlinkSync("disk.img", `${scratch.folder}/link`);
  linkSync(disk, `${scratch.folder}/hard`);
  run = ["run", "--kernel", scratch.file("halts", tinyKernel("cli\nhlt")), "--memory", "2M"];
});
afterAll(() => scratch.remove());

const disks = (...names: string[]): string[] => names.flatMap((name) => ["--disk", `${scratch.folder}/${name}`]);

it("isg run --help names all flags of a disk, and that files are not shared", async () => {
  const { stdout } = await isg(["run", "--help"]);
  for (const text of ["flags: ro,", "format=qcow2", "snapshot=NAME", "with other files unless all are ro"])
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(text);
});

describe("one file as two disks", () => {
  it.each([
    ["disk.img", "disk.img", /^--disk \S+disk\.img: is given twice, and a guest would write to it; \S+,ro may be/],
    ["disk.img,ro", "disk.img", /is given twice/],
    ["disk.img", "disk.img,ro", /is given twice/],
    ["disk.img", "link", /^--disk \S+link: and \S+disk\.img are one file/],
    ["hard,ro", "link", /^--disk \S+link: and \S+hard are one file/],
    ["disk.img,format=raw", "link,format=qcow2", /are one file/],
  ])("%s and %s is refused", async (a, b, message) => {
    const { code, stdout, stderr } = await isg([...run, ...disks(a, b)]);
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it("is right where all only read it", async () => {
    expect((await isg([...run, ...disks("disk.img,ro", "link,ro")])).code).toBe(6);
    const most = Array.from({ length: 29 }, () => "disk.img,ro");
    expect((await isg([...run, ...disks(...most)])).code).toBe(6);
    const { code, stderr } = await isg([...run, ...disks(...most, "link,ro")]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "--disk: there are 30 of them; a guest has 29 at most\n" });
  });
});

describe.runIf(hasCommand("flock"))("one file in two processes", () => {
  /** A guest that runs until it is killed, once it has the disk. */
  async function holding(flags: string): Promise<() => Promise<unknown>> {
    const kernel = scratch.file("runs", tinyKernel('mov dx, 0x3f8\nmov al, "K"\nout dx, al\njmp $'));
    const args = [MAIN, "run", "--kernel", kernel, "--memory", "2M", ...disks(`disk.img${flags}`)];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    return () => {
      const gone = once(child, "close");
      child.kill("SIGKILL");
      return gone;
    };
  }

  it("is refused while one writes to it, and free once that one was killed", async () => {
    const kill = await holding("");
    try {
      const writer = await start([...run, ...disks("link")]);
      expect(writer.stderr).toMatch(/^--disk \S+link: another process has it open; [^\n]*,ro\n$/);
      expect(writer.code).toBe(1);
      expect((await start([...run, ...disks("disk.img,ro")])).stderr).toMatch(/another process writes to it/);
    } finally {
      await kill();
    }
    expect((await start([...run, ...disks("disk.img")])).code).toBe(6);
  });

  it("is shared by those that read it", async () => {
    const kill = await holding(",ro");
    try {
      expect((await start([...run, ...disks("disk.img,ro")])).code).toBe(6);
      expect((await start([...run, ...disks("disk.img")])).code).toBe(1);
    } finally {
      await kill();
    }
  });
});
