import { createHash } from "node:crypto";
import { toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { describe, expect, it } from "vitest";
import {
  EVENT_TYPES,
  TD_REPORT_10,
  Structure,
  differingRtmrs,
  eventDataState,
  parseEventLog,
  parseQuote,
  replayRtmrs,
} from "../src/index.js";
import { makeEventLog } from "./support/made-log.js";
import { haveReal, realFile } from "./support/real.js";

const digest = (n: number): Buffer => createHash("sha384").update(Uint8Array.of(n)).digest();
const extend = (old: Uint8Array, value: Uint8Array): Buffer => createHash("sha384").update(old).update(value).digest();

describe("an event log", () => {
  const log = makeEventLog([
    [1, 0x8000_000b, digest(1)],
    [1, 3, digest(9)],
    [2, 4, digest(2)],
    [1, 5, digest(3)],
  ]);

  it("is replayed into RTMRs; what is only told is not measured", () => {
    const events = parseEventLog(log);
    expect(events.map((event) => EVENT_TYPES[event.type])).toEqual([
      "EV_EFI_HANDOFF_TABLES2",
      "EV_NO_ACTION",
      "EV_SEPARATOR",
      "EV_ACTION",
    ]);
    const zero = Buffer.alloc(48);
    const wanted = [extend(extend(zero, digest(1)), digest(3)), extend(zero, digest(2)), zero, zero];
    expect(replayRtmrs(events, nodeCrypto).map((value) => toHex(value))).toEqual(
      wanted.map((value) => value.toString("hex")),
    );
    const report = new Structure(TD_REPORT_10).set("rtmr0", wanted[0]!);
    expect(differingRtmrs(events, report)).toEqual([
      { rtmr: 1, replayed: wanted[1]!.toString("hex"), reported: "00".repeat(48) },
    ]);
  });

  it("ends where its memory is unused", () => {
    for (const filler of [0, 0xff]) {
      const padded = new Uint8Array(log.length + 100).fill(filler);
      padded.set(log);
      expect(parseEventLog(padded).length).toBe(4);
      padded[log.length + 50] = 7;
      expect(() => parseEventLog(padded)).toThrow(/event of type/);
    }
  });

  it("has data that is what was measured, that is not, and that nobody can tell", () => {
    const measured = createHash("sha384").update(new Uint8Array(3)).digest();
    const states = parseEventLog(
      makeEventLog([
        [1, 4, measured],
        [1, 4, digest(1)],
        [1, 0x8000_0001, measured],
        [1, 0x8000_0002, measured],
        [2, 0xd, digest(1)],
        [0, 4, measured],
        [1, 3, measured],
      ]),
    ).map((event) => eventDataState(event, nodeCrypto));
    expect(states).toEqual([
      "verified",
      "wrong",
      "verified",
      "verified",
      "not verified",
      "not verified",
      "not verified",
    ]);
  });

  it.each([1, 4, 11])("with %d bytes after its last event is refused, unless they are filler", (count) => {
    const padded = new Uint8Array(log.length + count).fill(0xff);
    padded.set(log);
    expect(parseEventLog(padded).length).toBe(4);
    padded[padded.length - 1] = 7;
    expect(() => parseEventLog(padded)).toThrow(new RegExp(`${count} stray bytes at ${log.length}`));
  });

  it.each([
    [log.subarray(0, 50), /wants 33 bytes/],
    [makeEventLog([[7, 4, digest(1)]]), /register 7/],
    [makeEventLog([]).fill(1, 4, 5), /EV_NO_ACTION/],
  ])("that is broken is an error that says where", (bytes, message) => {
    expect(() => parseEventLog(bytes)).toThrow(message);
  });
});

// google/go-tdx-guest, testing/testdata/ccel: the log and the quote of one machine.
const found = haveReal(["go-tdx-guest/ccel_data.dat", "go-tdx-guest/cos-113-tdx-quote.dat"]);

describe.runIf(found)("a real event log", () => {
  it("leads to the RTMRs of the quote of the same machine", () => {
    const events = parseEventLog(realFile("go-tdx-guest/ccel_data.dat"));
    expect(events.length).toBeGreaterThan(20);
    expect(differingRtmrs(events, parseQuote(realFile("go-tdx-guest/cos-113-tdx-quote.dat")).body, nodeCrypto)).toEqual(
      [],
    );
    // Firmware and boot loader of a real machine: none of what should be the measured data is anything else.
    const states = events.map((event) => eventDataState(event, nodeCrypto));
    expect(states).not.toContain("wrong");
    expect(states.filter((state) => state === "verified").length).toBeGreaterThan(10);
  });
});
