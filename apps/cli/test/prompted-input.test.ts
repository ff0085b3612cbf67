import { beforeEach, expect, it } from "vitest";
import { PromptedInput } from "../src/prompted-input.js";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
let told: string[];
let input: PromptedInput;
beforeEach(() => {
  told = [];
  input = new PromptedInput(
    (line) => told.push(String.fromCharCode(...line)),
    (waiting) => told.push(waiting ? "[nobody answers]" : "[all typed]"),
  );
});

it("types a line at each prompt, and none before", () => {
  input.input(bytes("root\nuname -a # of the guest\npoweroff\n"));
  input.end();
  input.output(
    bytes("[    0.000000] Linux version 6.1\r\n[ OK ] Reached target\r\n\r\nDebian 12 ttyS0\r\n\r\ndebian log"),
  );
  expect(told).toEqual([]);
  input.output(bytes("in: "));
  expect(told).toEqual(["root\n"]);
  input.output(bytes("root\r\nLinux debian\r\n\x1b[?2004hroot@debian:~# "));
  expect(told.slice(1)).toEqual(["uname -a # of the guest\n"]);
  // The echo, which looks like a prompt in between.
  input.output(bytes("uname -a # "));
  input.output(bytes("of the guest\r\n\x1b[?2004lLinux\r\n\x1b[?2004hroot@debian:~# "));
  expect(told.slice(2)).toEqual(["poweroff\n", "[all typed]"]);
  input.output(bytes("poweroff\r\n"));
  expect(told).toHaveLength(4);
});

it("waits for what is typed later, and types what has no newline when no more comes", () => {
  input.output(bytes("debian login: "));
  expect(told).toEqual([]);
  input.input(bytes("ro"));
  input.input(bytes("ot\npow"));
  expect(told).toEqual(["root\n"]);
  input.output(bytes("root\r\n$ "));
  input.end();
  expect(told.slice(1)).toEqual(["pow", "[all typed]"]);
});

it("says that nobody answers a prompt after the end", () => {
  input.end();
  expect(told).toEqual(["[all typed]"]);
  input.output(bytes("booting\r\ndebian login: "));
  expect(told.slice(1)).toEqual(["[nobody answers]"]);
});
