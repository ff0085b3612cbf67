import type { GuestIsa } from "@isinglass/uops";
import { FIRST_FORM_HANDLER, HANDLER_CALL, HANDLER_LAZY } from "./dispatch-code.js";
import type { LaidOutForm } from "./interpreter-module.js";
import { type HoleLayout, layOutHoles } from "./record.js";

/** Largest form that a record's field holds. An ISA's forms are bounded by its encodings: some ten thousand on x86. */
const MOST_IN_RECORD = 0xffff;

/** How a form is executed by the interpreter. */
export interface FormEntry {
  /** Index in the dispatch loop's table. */
  readonly handler: number;
  /** Table slot of the handler function, for forms that are not inline; the form itself while it has none. */
  readonly slot: number;
  readonly layout: HoleLayout;
  readonly endsBlock: boolean;
}

/**
 * Makes handlers for forms that are used again and again, and keeps a bounded number of them: prefixes that change nothing make forms of their
 * own, so a guest can name more than a record's slot field counts, and each costs the host some 15 KB and 2 ms.
 */
export class FormTable {
  readonly #isa: GuestIsa;
  readonly #entries: (FormEntry | undefined)[] = [];
  readonly #compile: (form: LaidOutForm) => number;
  readonly #release: () => void;
  readonly #limit: number;
  /** Forms that have a handler function, in order of first use. */
  readonly cold: number[] = [];

  /**
   * @param isa its warm forms have the table slots from 0 up
   * @param compile makes a handler function and gives its table slot
   * @param release forgets all handler functions that `compile` made
   * @param limit most handler functions at a time
   */
  constructor(isa: GuestIsa, compile: (form: LaidOutForm) => number, release: () => void, limit: number) {
    this.#isa = isa;
    this.#compile = compile;
    this.#release = release;
    this.#limit = limit;
    isa.hotForms().forEach((id, i) => {
      const { ir, endsBlock } = isa.form(id);
      this.#entries[id] = { handler: FIRST_FORM_HANDLER + i, slot: 0, layout: layOutHoles(ir), endsBlock };
    });
    isa.warmForms().forEach((id, slot) => {
      const { ir, endsBlock } = isa.form(id);
      this.#entries[id] = { handler: HANDLER_CALL, slot, layout: layOutHoles(ir), endsBlock };
    });
  }

  /** How a form is executed: lazily, until {@link compile} has made a handler function for it. */
  entry(form: number): FormEntry {
    const known = this.#entries[form];
    if (known !== undefined) return known;
    const { ir, endsBlock } = this.#isa.form(form);
    if (form > MOST_IN_RECORD) throw new Error(`engine: form ${form} does not fit a record`);
    const entry: FormEntry = { handler: HANDLER_LAZY, slot: form, layout: layOutHoles(ir), endsBlock };
    this.#entries[form] = entry;
    return entry;
  }

  /** Makes a handler function for a form that has none; undefined: there are as many as may be. */
  compile(form: number): FormEntry | undefined {
    const known = this.entry(form);
    if (known.handler !== HANDLER_LAZY) return known;
    if (this.cold.length >= this.#limit) return undefined;
    const { ir } = this.#isa.form(form);
    const entry: FormEntry = { ...known, handler: HANDLER_CALL, slot: this.#compile({ ir, layout: known.layout }) };
    this.cold.push(form);
    this.#entries[form] = entry;
    return entry;
  }

  /** Forgets the forms that have a handler function. No record may name one of them any more. */
  dropCold(): void {
    for (const form of this.cold) this.#entries[form] = undefined;
    this.cold.length = 0;
    this.#release();
  }

  /** Whether execution never falls through to the instruction after one of this form. */
  endsBlock(form: number): boolean {
    return this.#entries[form]?.endsBlock ?? this.#isa.form(form).endsBlock;
  }
}
