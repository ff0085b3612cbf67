import type { GuestIsa } from "@isinglass/uops";
import { FIRST_FORM_HANDLER, HANDLER_CALL, type LaidOutForm } from "./interpreter-module.js";
import { type HoleLayout, layOutHoles } from "./record.js";

/** How a form is executed by the interpreter. */
export interface FormEntry {
  /** Index in the dispatch loop's table. */
  readonly handler: number;
  /** Table slot of the handler function, for forms that are not inline. */
  readonly slot: number;
  readonly layout: HoleLayout;
  readonly endsBlock: boolean;
}

/**
 * Makes handlers for forms on first use, and keeps a bounded number of them: prefixes that change nothing make forms of their
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

  /** How a form is executed; a handler function is made if there is none. */
  entry(form: number): FormEntry {
    const known = this.#entries[form];
    if (known !== undefined) return known;
    const { ir, endsBlock } = this.#isa.form(form);
    const layout = layOutHoles(ir);
    const entry: FormEntry = { handler: HANDLER_CALL, slot: this.#compile({ ir, layout }), layout, endsBlock };
    this.cold.push(form);
    this.#entries[form] = entry;
    return entry;
  }

  /** Whether handler functions for `count` more forms may be made. */
  hasRoomFor(count: number): boolean {
    return this.cold.length + count <= this.#limit;
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
