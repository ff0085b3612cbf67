// Lists the distinct instruction forms that Zydis decodes, one a line, by walking the opcode maps: every prefix combination, map,
// opcode, ModRM.reg and ModRM.rm. Decodings that agree in mnemonic, opcode and operands (kinds, sizes, encodings) are one form;
// the prefix combinations that lead to it are collected in a mask.
//
// Fields, separated by tabs: mask of prefix combinations, of ModRM.reg and of ModRM.rm, mnemonic, ISA set, category, encoding, map,
// opcode, kind of ModRM (none, mem, reg), lock, rep, address size, bits of the two immediates,
// bits of a displacement without ModRM, branch type, flags of RFLAGS: tested, written, undefined, operands. `forms check` decodes
// lines of hex bytes instead.
#include <Zydis/Zydis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FORMS = 32768, KEY_SIZE = 512, LEGACY_COMBINATIONS = 12 };

struct form {
  char key[KEY_SIZE];
  uint32_t combinations, order;
  uint8_t reg_seen, rm_seen;
};

static struct form *forms;
static uint32_t count;
static uint32_t table[MAX_FORMS * 4];
static ZydisDecoder decoder;
static int bits = 64;

static const char *register_class(ZydisRegister reg) {
  switch (ZydisRegisterGetClass(reg)) {
    case ZYDIS_REGCLASS_GPR8: return "r8";
    case ZYDIS_REGCLASS_GPR16: return "r16";
    case ZYDIS_REGCLASS_GPR32: return "r32";
    case ZYDIS_REGCLASS_GPR64: return "r64";
    case ZYDIS_REGCLASS_X87: return "st";
    case ZYDIS_REGCLASS_MMX: return "mm";
    case ZYDIS_REGCLASS_XMM: return "xmm";
    case ZYDIS_REGCLASS_YMM: return "ymm";
    case ZYDIS_REGCLASS_ZMM: return "zmm";
    case ZYDIS_REGCLASS_SEGMENT: return "sreg";
    case ZYDIS_REGCLASS_CONTROL: return "cr";
    case ZYDIS_REGCLASS_DEBUG: return "dr";
    case ZYDIS_REGCLASS_TEST: return "tr";
    case ZYDIS_REGCLASS_BOUND: return "bnd";
    case ZYDIS_REGCLASS_MASK: return "k";
    default: return "reg";
  }
}

static const char *element_name(ZydisElementType type) {
  static const char *const names[] = {[ZYDIS_ELEMENT_TYPE_INVALID] = "none", [ZYDIS_ELEMENT_TYPE_STRUCT] = "struct",
                                      [ZYDIS_ELEMENT_TYPE_UINT] = "u", [ZYDIS_ELEMENT_TYPE_INT] = "i",
                                      [ZYDIS_ELEMENT_TYPE_FLOAT16] = "f", [ZYDIS_ELEMENT_TYPE_FLOAT32] = "f",
                                      [ZYDIS_ELEMENT_TYPE_FLOAT64] = "f", [ZYDIS_ELEMENT_TYPE_FLOAT80] = "f",
                                      [ZYDIS_ELEMENT_TYPE_LONGBCD] = "bcd", [ZYDIS_ELEMENT_TYPE_CC] = "cc"};
  return type < sizeof names / sizeof *names && names[type] ? names[type] : "none";
}

static const char *encoding_name(ZydisOperandEncoding encoding) {
  switch (encoding) {
    case ZYDIS_OPERAND_ENCODING_NONE: return "fixed";
    case ZYDIS_OPERAND_ENCODING_MODRM_REG: return "reg";
    case ZYDIS_OPERAND_ENCODING_MODRM_RM: return "rm";
    case ZYDIS_OPERAND_ENCODING_OPCODE: return "opcode";
    case ZYDIS_OPERAND_ENCODING_NDSNDD: return "vvvv";
    case ZYDIS_OPERAND_ENCODING_IS4: return "is4";
    case ZYDIS_OPERAND_ENCODING_DISP8:
    case ZYDIS_OPERAND_ENCODING_DISP16:
    case ZYDIS_OPERAND_ENCODING_DISP32:
    case ZYDIS_OPERAND_ENCODING_DISP64:
    case ZYDIS_OPERAND_ENCODING_DISP16_32_64: return "disp";
    default: return "imm";
  }
}

// Visibility, action, type, size, encoding, element type and count, and the register or the base of the address.
static int describe(char *to, size_t room, const ZydisDecodedOperand *op) {
  static const char visibility[] = {'-', 'e', 'i', 'h'};
  const char *action = "-";
  if (op->actions & ZYDIS_OPERAND_ACTION_MASK_READ) action = op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE ? "rw" : "r";
  else if (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE) action = "w";
  const char *type = "", *what = "";
  char buffer[64];
  switch (op->type) {
    case ZYDIS_OPERAND_TYPE_REGISTER:
      type = "reg";
      what = op->encoding == ZYDIS_OPERAND_ENCODING_NONE ? ZydisRegisterGetString(op->reg.value) : register_class(op->reg.value);
      break;
    case ZYDIS_OPERAND_TYPE_MEMORY:
      type = op->mem.type == ZYDIS_MEMOP_TYPE_AGEN ? "agen" : op->mem.type == ZYDIS_MEMOP_TYPE_VSIB ? "vsib" : "mem";
      if (op->encoding == ZYDIS_OPERAND_ENCODING_NONE) {
        const char *base = ZydisRegisterGetString(op->mem.base), *index = ZydisRegisterGetString(op->mem.index);
        snprintf(buffer, sizeof buffer, "%s%s%s", base ? base : "", op->mem.index ? "+" : "", op->mem.index && index ? index : "");
        what = buffer;
      } else if (op->mem.type == ZYDIS_MEMOP_TYPE_VSIB) {
        what = register_class(op->mem.index);
      }
      break;
    case ZYDIS_OPERAND_TYPE_POINTER: type = "ptr"; break;
    case ZYDIS_OPERAND_TYPE_IMMEDIATE:
      type = op->imm.is_relative ? "rel" : "imm";
      if (op->encoding == ZYDIS_OPERAND_ENCODING_NONE) {
        snprintf(buffer, sizeof buffer, "%d", (int)op->imm.value.s);
        what = buffer;
      }
      break;
    default: break;
  }
  return snprintf(to, room, "%c:%s:%s:%u:%s:%s:%u:%u:%s", visibility[op->visibility & 3], action, type, op->type == ZYDIS_OPERAND_TYPE_MEMORY && op->mem.type == ZYDIS_MEMOP_TYPE_AGEN ? 0 : op->size,
                  encoding_name(op->encoding), element_name(op->element_type), op->element_size, op->element_count, what ? what : "");
}

static uint32_t hash(const char *s) {
  uint32_t h = 2166136261u;
  for (; *s; s++) h = (h ^ (uint8_t)*s) * 16777619u;
  return h;
}

static void add(const char *key, uint32_t combination, uint8_t reg, uint8_t rm) {
  uint32_t slot = hash(key) % (MAX_FORMS * 4);
  while (table[slot]) {
    struct form *f = &forms[table[slot] - 1];
    if (strcmp(f->key, key) == 0) {
      f->combinations |= 1u << combination;
      f->reg_seen |= (uint8_t)(1 << reg);
      f->rm_seen |= (uint8_t)(1 << rm);
      return;
    }
    slot = (slot + 1) % (MAX_FORMS * 4);
  }
  if (count == MAX_FORMS) abort();
  struct form *f = &forms[count++];
  strcpy(f->key, key);
  f->combinations = 1u << combination;
  f->reg_seen = (uint8_t)(1 << reg);
  f->rm_seen = (uint8_t)(1 << rm);
  table[slot] = count;
}

static int vex;  // Whether walk_vex is at work.

static void consider(const uint8_t *bytes, size_t length, uint32_t combination, int lock) {
  ZydisDecodedInstruction ins;
  ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
  if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, length, &ins, ops))) return;
  int locked = (ins.attributes & ZYDIS_ATTRIB_HAS_LOCK) != 0;
  if (locked != lock) return;
  // LES, LDS, BOUND and POP with a register for their operand are the other encodings' first bytes: those have their own walk.
  if ((ins.encoding == ZYDIS_INSTRUCTION_ENCODING_VEX) != vex) return;
  const char *rep = ins.attributes & ZYDIS_ATTRIB_HAS_REP ? "rep" : ins.attributes & ZYDIS_ATTRIB_HAS_REPE ? "repe"
                    : ins.attributes & ZYDIS_ATTRIB_HAS_REPNE ? "repne" : "";
  int by_rm = 0, by_opcode = 0, memory = 0, has_modrm = (ins.attributes & ZYDIS_ATTRIB_HAS_MODRM) != 0;
  for (int i = 0; i < ins.operand_count; i++) {
    if (ops[i].encoding == ZYDIS_OPERAND_ENCODING_MODRM_RM) by_rm = 1, memory |= ops[i].type == ZYDIS_OPERAND_TYPE_MEMORY;
    if (ops[i].encoding == ZYDIS_OPERAND_ENCODING_OPCODE) by_opcode = 1;
  }
  // MPX and the like address memory through operands that are not marked as ModRM.rm.
  if (has_modrm && ins.raw.modrm.mod != 3 && !by_rm) memory = ins.raw.modrm.offset != 0 && ins.raw.modrm.mod != 3;
  // The stack ignores the address size (SDM vol. 1, 6.2.3); LOOP and JCXZ take it for their counter.
  int uses_address_size = ins.meta.category == ZYDIS_CATEGORY_COND_BR && ins.operand_count > 1 &&
                          ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, ops[1].reg.value) == ZYDIS_REGISTER_RCX;
  for (int i = 0; i < ins.operand_count; i++)
    if (ops[i].type == ZYDIS_OPERAND_TYPE_MEMORY && ops[i].encoding == ZYDIS_OPERAND_ENCODING_NONE &&
        ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, ops[i].mem.base) != ZYDIS_REGISTER_RSP &&
        ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, ops[i].mem.base) != ZYDIS_REGISTER_RBP)
      uses_address_size = 1;
  char key[KEY_SIZE];
  int n = snprintf(key, sizeof key, "%s\t%s\t%s\t%d\t%d\t%02x\t%s\t%d\t%s\t%u\t%u\t%u\t%u\t%u\t%x\t%x\t%x\t",
                   ZydisMnemonicGetString(ins.mnemonic), ZydisISASetGetString(ins.meta.isa_set),
                   ZydisCategoryGetString(ins.meta.category), ins.encoding, ins.opcode_map,
                   by_opcode ? ins.opcode & 0xf8 : ins.opcode, !has_modrm ? "none" : memory ? "mem" : "reg",
                   locked, rep,
                   uses_address_size ? ins.address_width : 0, ins.raw.imm[0].size, ins.raw.imm[1].size,
                   has_modrm ? 0 : ins.raw.disp.size, ins.meta.branch_type, ins.cpu_flags ? ins.cpu_flags->tested : 0,
                   ins.cpu_flags ? ins.cpu_flags->modified | ins.cpu_flags->set_0 | ins.cpu_flags->set_1 : 0,
                   ins.cpu_flags ? ins.cpu_flags->undefined : 0);
  for (int i = 0; i < ins.operand_count; i++) {
    if (i) key[n++] = ' ';
    n += describe(key + n, sizeof key - (size_t)n, &ops[i]);
    if (n > KEY_SIZE - 64) abort();
  }
  add(key, combination, has_modrm ? ins.raw.modrm.reg : 0, has_modrm ? ins.raw.modrm.rm : 0);
}

// All ModRM bytes that can make a difference: memory as [rax] (and with SIB for VSIB), and every pair of registers.
static void walk_modrm(uint8_t *bytes, size_t at, uint32_t combination, int lock) {
  static const uint8_t tail[] = {0x12, 0x34, 0x56, 0x12, 0x34, 0x56, 0x12, 0x34};
  for (int modrm = 0; modrm < 256; modrm++) {
    int mod = modrm >> 6, rm = modrm & 7;
    if (mod == 1 || mod == 2 || (mod == 0 && rm != 0 && rm != 4)) continue;
    bytes[at] = (uint8_t)modrm;
    size_t n = at + 1;
    if (mod == 0 && rm == 4) bytes[n++] = 0x38 - 0x18;  // [rax + rsp/none]; as VSIB index 4
    memcpy(bytes + n, tail, sizeof tail);
    consider(bytes, n + sizeof tail > 15 ? 15 : n + sizeof tail, combination, lock);
  }
}

static void walk_legacy(void) {
  static const uint8_t maps[4][2] = {{0, 0}, {0x0f, 0}, {0x0f, 0x38}, {0x0f, 0x3a}};
  for (int lock = 0; lock < 2; lock++)
    for (int address = 0; address < 2; address++)
      for (uint32_t combination = 0; combination < LEGACY_COMBINATIONS; combination++) {
        int w = combination / 6, rep = combination / 2 % 3, p66 = combination & 1;
        if (w && bits != 64) continue;
        for (int map = 0; map < 4; map++)
          for (int opcode = 0; opcode < 256; opcode++) {
            uint8_t bytes[32];
            size_t n = 0;
            if (lock) bytes[n++] = 0xf0;
            if (address) bytes[n++] = 0x67;
            if (p66) bytes[n++] = 0x66;
            if (rep) bytes[n++] = rep == 1 ? 0xf2 : 0xf3;
            if (w) bytes[n++] = 0x48;
            if (map) bytes[n++] = maps[map][0];
            if (map > 1) bytes[n++] = maps[map][1];
            if (map == 0 && (opcode == 0x0f || opcode == 0x66 || opcode == 0x67 || opcode == 0xf0 || opcode == 0xf2 ||
                             opcode == 0xf3 || (opcode & 0xe7) == 0x26 || (opcode & 0xfe) == 0x64))
              continue;
            if (map == 0 && bits == 64 && (opcode & 0xf0) == 0x40) continue;
            // VEX, XOP and EVEX share C4, C5, 8F and 62 with old instructions; Zydis tells them apart by what follows.
            if (map == 1 && (opcode == 0x38 || opcode == 0x3a || opcode == 0x0f)) continue;
            bytes[n++] = (uint8_t)opcode;
            if (map == 0 && (opcode == 0xc4 || opcode == 0xc5 || opcode == 0x62) && bits == 64) continue;
            walk_modrm(bytes, n, combination, lock);
          }
      }
}

// Combination: W * 8 + L * 4 + pp.
static void walk_vex(void) {
  vex = 1;
  for (uint32_t combination = 0; combination < 16; combination++)
    for (int map = 1; map < 4; map++)
      for (int opcode = 0; opcode < 256; opcode++) {
        uint8_t bytes[32];
        bytes[0] = 0xc4;
        bytes[1] = (uint8_t)(0xe0 | map);
        bytes[2] = (uint8_t)((combination & 8) << 4 | 0x78 | (combination & 7));
        bytes[3] = (uint8_t)opcode;
        walk_modrm(bytes, 4, combination, 0);
      }
}

static void print_forms(void) {
  for (uint32_t i = 0; i < count; i++) printf("%x\t%x\t%x\t%s\n", forms[i].combinations, forms[i].reg_seen, forms[i].rm_seen, forms[i].key);
}

// Reads lines of hex bytes and prints mnemonic and length of each, so that the generator can be held against the decoder.
static void check(void) {
  char line[256];
  while (fgets(line, sizeof line, stdin)) {
    uint8_t bytes[16];
    size_t n = 0;
    unsigned value;
    for (char *p = line; n < 15 && sscanf(p, "%2x", &value) == 1; p += 2) bytes[n++] = (uint8_t)value;
    ZydisDecodedInstruction ins;
    ZydisDecodedOperand ops[ZYDIS_MAX_OPERAND_COUNT];
    if (ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, n, &ins, ops)))
      printf("%s %u\n", ZydisMnemonicGetString(ins.mnemonic), ins.length);
    else
      printf("bad 0\n");
  }
}

int main(int argc, char **argv) {
  int checking = 0;
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "check") == 0) checking = 1;
    if (strcmp(argv[i], "32") == 0) bits = 32;
  }
  ZydisDecoderInit(&decoder, bits == 64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LONG_COMPAT_32,
                   bits == 64 ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
  if (checking) {
    check();
    return 0;
  }
  forms = calloc(MAX_FORMS, sizeof *forms);
  if (!forms) return 1;
  walk_legacy();
  walk_vex();
  print_forms();
  return 0;
}
