import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Screen } from "../src/screen.js";

/** A terminal that keeps what is written to it and has drawn it at once. */
function terminal(): {
  readonly written: string[];
  write(data: Uint8Array | string, done?: () => void): void;
  reset(): void;
} {
  const written: string[] = [];
  return {
    written,
    write(data, done) {
      if (data.length > 0) written.push(typeof data === "string" ? data : new TextDecoder().decode(data));
      done?.();
    },
    reset: () => written.push("<reset>"),
  };
}

const screenOf = (of: ReturnType<typeof terminal>): Screen =>
  new Screen(of as unknown as ConstructorParameters<typeof Screen>[0]);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

beforeEach(() => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => vi.useRealTimers());

it("shows the first output at once, and what follows in larger pieces", async () => {
  const shown = terminal();
  const screen = screenOf(shown);
  vi.advanceTimersByTime(1000);
  const first = screen.write(bytes("a"));
  expect(shown.written).toEqual(["a"]);
  await first;
  const rest = [screen.write(bytes("b")), screen.write(bytes("c"))];
  expect(shown.written).toEqual(["a"]);
  vi.advanceTimersByTime(100);
  await Promise.all(rest);
  expect(shown.written).toEqual(["a", "b", "c"]);
});

it("forgets at a reset what was not shown, and lets nobody wait for it", async () => {
  const shown = terminal();
  const screen = screenOf(shown);
  vi.advanceTimersByTime(1000);
  await screen.write(bytes("a"));
  const lost = screen.write(bytes("b"));
  screen.clear();
  vi.advanceTimersByTime(100);
  await lost;
  expect(shown.written).toEqual(["a", "<reset>"]);
});
