import { execFileSync } from "node:child_process";
import { lstatSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Scratch, isg, tinyKernel } from "./support.js";

const scratch = new Scratch();
const path = (name: string): string => `${scratch.folder}/${name}`;
let kernel: string;
beforeAll(() => {
  kernel = scratch.file("kernel", tinyKernel("again: inc eax\njmp again"));
  execFileSync("mkfifo", [path("pipe")]);
});
afterAll(() => scratch.remove());

/** A short run that saves at its end. */
const save = (file: string): string[] => [
  "run",
  "--kernel",
  kernel,
  "--memory",
  "2M",
  "--limit",
  "100",
  "--save-at",
  "limit",
  "--save",
  file,
];

describe("pipes and devices as input: one line, before they are opened", () => {
  it.each<[what: string, args: (file: string) => string[], name: string]>([
    ["--kernel", (file) => ["run", "--kernel", file], "--kernel"],
    ["--initrd", (file) => ["run", "--kernel", kernel, "--initrd", file], "--initrd"],
    ["--kernel of isg trace", (file) => ["trace", "--kernel", file], "--kernel"],
    ["disasm", (file) => ["disasm", file], "isg disasm:"],
    ["--code", (file) => ["exec", "--code", file], "--code"],
    ["--state", (file) => ["exec", "--code", "f4", "--state", file], "--state"],
    ["--restore", (file) => ["run", "--restore", file], "--restore"],
    ["--symbols", (file) => ["run", "--kernel", kernel, "--explain", "hot", "--symbols", file], "--symbols"],
    ["snp diff", (file) => ["snp", "diff", file, file], "isg snp diff:"],
    ["claims --from", (file) => ["claims", "list", "--from", file], "isg claims:"],
  ])("%s", async (_what, args, name) => {
    for (const file of [path("pipe"), "/dev/zero"]) {
      const { code, stdout, stderr } = await isg(args(file));
      expect(stderr).toBe(`${name} ${file}: is no regular file\n`);
      expect(stdout).toBe("");
      expect(code).toBe(1);
    }
  });
});

describe("outputs", () => {
  it.each<[what: string, args: (file: string) => string[], name: string]>([
    ["--save", save, "--save"],
    ["--profile", (file) => ["run", "--kernel", kernel, "--limit", "100", "--profile", file], "--profile"],
    ["claims html", (file) => ["claims", "html", file], "isg claims html"],
  ])("%s refuses pipes and devices, and leaves them as they are", async (_what, args, name) => {
    for (const file of [path("pipe"), "/dev/null"]) {
      const { code, stderr } = await isg(args(file));
      expect(stderr).toBe(`${name} ${file}: is no regular file\n`);
      expect(code).toBe(1);
    }
    expect(lstatSync(path("pipe")).isFIFO()).toBe(true);
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  it("--save follows a symbolic link to a file and keeps the link", async () => {
    scratch.file("target", "old");
    symlinkSync("target", path("link"));
    expect((await isg(save(path("link")))).code).toBe(7);
    expect(readlinkSync(path("link"))).toBe("target");
    expect(readFileSync(path("target"), "latin1").startsWith("ISGGUEST 1 ")).toBe(true);
  });

  it("--save refuses a link to nothing, to a device, and one that goes round", async () => {
    symlinkSync("nowhere", path("dangling"));
    symlinkSync("/dev/null", path("device"));
    symlinkSync("circle", path("circle"));
    expect((await isg(save(path("dangling")))).stderr).toMatch(/is a symbolic link to a file that is not there$/m);
    expect((await isg(save(path("device")))).stderr).toMatch(/is no regular file$/m);
    expect((await isg(save(path("circle")))).stderr).toMatch(/symbolic links go round in a circle$/m);
    expect(readlinkSync(path("dangling"))).toBe("nowhere");
  });
});
