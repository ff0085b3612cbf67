// The suite's summary as Markdown.
import { tableLines } from "./table.mjs";

const time = (value) => (value === undefined ? "" : value < 0.1 ? value.toFixed(3) : value.toFixed(2));
const times = (value) => (value === undefined ? "" : `${value.toFixed(2)}x`);

function baseTitle(peers, id) {
  return peers.find((peer) => peer.id === id).title.replace(/, Node \d+$/, "");
}

function pair(ratio) {
  return [times(ratio?.total), times(ratio?.thread)];
}

/** @param {ReturnType<typeof import("./suite-summary.mjs").summarise>} summary */
export function bootTable(summary) {
  const head = [
    "guest",
    "emulator",
    "CPU s",
    "guest's thread s",
    "x QEMU",
    "thread x QEMU",
    "x v86",
    "peak RSS MB",
    "runs",
  ];
  const rows = [];
  for (const { guest, peers } of summary) {
    for (const peer of peers) {
      if (peer.boot === undefined) continue;
      const to = (id) => peer.compared.find((base) => base.to.startsWith(id))?.boot;
      rows.push([
        guest,
        peer.title,
        time(peer.boot.total),
        time(peer.boot.thread),
        ...pair(to("qemu")),
        times(to("v86")?.total),
        (peer.rss / 1e6).toFixed(0),
        peer.boot.runs,
      ]);
    }
  }
  return tableLines(head, rows);
}

function isOurs(peer) {
  return peer.id.startsWith("isinglass-");
}

/** CPU seconds of each program in each emulator. */
export function secondsTable({ peers, programs }) {
  const columns = peers.flatMap((peer) => {
    const cell = (key) => (name) => time(peer.programs[name]?.[key]);
    const all = { head: peer.title, cell: cell("total") };
    return isOurs(peer) ? [all, { head: "its guest's thread", cell: cell("thread") }] : [all];
  });
  return tableLines(
    ["CPU s", ...columns.map((column) => column.head)],
    programs.map((name) => [name, ...columns.map((column) => column.cell(name))]),
  );
}

/** Isinglass' ratios to the others, of all threads and of the thread that runs the guest. */
export function ratioTable({ peers, programs }) {
  const columns = peers.filter(isOurs).flatMap((peer) =>
    peer.compared.flatMap((base) => {
      const title = `${peer.title} / ${baseTitle(peers, base.to)}`;
      return [
        { head: title, base, of: "total" },
        { head: "thread", base, of: "thread" },
      ];
    }),
  );
  const row = (name, pick) => [name, ...columns.map(({ base, of }) => times(pick(base)?.[of]))];
  return tableLines(
    ["ratio", ...columns.map((column) => column.head)],
    [
      ...programs.map((name) => row(name, (base) => base.programs[name])),
      row("geometric mean", (base) => base.geometricMean),
      row("largest", (base) => base.largest),
    ],
  );
}

/** What differs between the CPU that a guest sees under Isinglass and under the others. */
export function differenceLines({ peers, differences }) {
  const titles = new Map();
  for (const [id, lines] of Object.entries(differences)) {
    const text = lines.map((line) => `- ${line}`).join("\n");
    titles.set(text, [...(titles.get(text) ?? []), peers.find((peer) => peer.id === id).title]);
  }
  return [...titles].flatMap(([text, names], i) => [
    ...(i === 0 ? [] : [""]),
    `The CPU that the guest sees under ${names.join("; ")} (there) is not the one under Isinglass (here):`,
    "",
    text,
  ]);
}

/** Everything, as Markdown's lines. */
export function suiteTables(summary) {
  const out = ["#### Boot to the shell", "", ...bootTable(summary)];
  for (const guest of summary) {
    const { programs, checksums } = guest;
    if (programs.length > 0) {
      out.push("", `#### Programs, ${guest.guest} (${guest.uname})`, "", ...secondsTable(guest));
      if (guest.peers.some((peer) => isOurs(peer) && peer.compared.length > 0)) out.push("", ...ratioTable(guest));
      const bad = checksums.join(", ");
      out.push("", bad === "" ? "All checksums are equal in all emulators." : `Checksums differ: ${bad}.`);
    }
    const notes = differenceLines(guest);
    if (notes.length > 0) out.push("", `#### CPU, ${guest.guest}`, "", ...notes);
  }
  return out;
}
