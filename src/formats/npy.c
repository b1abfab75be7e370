/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * NumPy's .npy files: the frame around the header, the types, the entries.
 *
 * Format: numpy/lib/format.py.  The magic, two version bytes, a length of two
 * (version 1) or four bytes, a header of that length, the entries.
 */
#include "formats/npy.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "formats/npy_header.h"

enum {
    MAGIC = 6,          /* bytes */
    HEADER_MOST = 10000 /* characters that numpy reads without being told to */
};

static const struct {
    const char *name; /* numpy's */
    unsigned size;    /* bytes */
} types[] = {
    [NPY_FLOAT16] = {"float16", 2}, [NPY_FLOAT32] = {"float32", 4},
    [NPY_FLOAT64] = {"float64", 8}, [NPY_BOOL] = {"bool", 1},
    [NPY_INT8] = {"int8", 1},       [NPY_INT16] = {"int16", 2},
    [NPY_INT32] = {"int32", 4},     [NPY_INT64] = {"int64", 8},
    [NPY_UINT8] = {"uint8", 1},     [NPY_UINT16] = {"uint16", 2},
    [NPY_UINT32] = {"uint32", 4},   [NPY_UINT64] = {"uint64", 8},
};

/* Spellings after an optional byte order mark: kind and size, or one letter
 * (C's types as 64-bit Linux has them).
 */
static const struct {
    const char *code;
    enum npy_type type;
} codes[] = {
    {"f2", NPY_FLOAT16}, {"f4", NPY_FLOAT32}, {"f8", NPY_FLOAT64},
    {"b1", NPY_BOOL},    {"i1", NPY_INT8},    {"i2", NPY_INT16},
    {"i4", NPY_INT32},   {"i8", NPY_INT64},   {"u1", NPY_UINT8},
    {"u2", NPY_UINT16},  {"u4", NPY_UINT32},  {"u8", NPY_UINT64},
    {"e", NPY_FLOAT16},  {"f", NPY_FLOAT32},  {"d", NPY_FLOAT64},
    {"?", NPY_BOOL},     {"b", NPY_INT8},     {"h", NPY_INT16},
    {"i", NPY_INT32},    {"l", NPY_INT64},    {"q", NPY_INT64},
    {"B", NPY_UINT8},    {"H", NPY_UINT16},   {"I", NPY_UINT32},
    {"L", NPY_UINT64},   {"Q", NPY_UINT64},
};

const char *npy_type_name(enum npy_type type)
{
    return types[type].name;
}

static bool little_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

/* The byte order mark of a type, '\0' for none. */
static char type_order(const char *descr)
{
    return descr[0] != '\0' && strchr("<>=|", descr[0]) != NULL ? descr[0]
                                                                : '\0';
}

static bool type_find(const char *descr, struct npy *npy)
{
    const char order = type_order(descr);
    const char *code = order == '\0' ? descr : descr + 1;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (strcmp(code, codes[i].code) == 0) {
            npy->type = codes[i].type;
            npy->swapped = types[npy->type].size > 1 &&
                           ((order == '<' && !little_endian()) ||
                            (order == '>' && little_endian()));
            return true;
        }
    }
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (order == '\0' && strcmp(descr, types[i].name) == 0) {
            npy->type = (enum npy_type)i;
            npy->swapped = false;
            return true;
        }
    }
    return false;
}

/* Why a type that numpy knows is no type for a matrix of ours. */
static bool refuse_type(const char *descr, const char *name, struct error *err)
{
    const char *code = descr + (type_order(descr) == '\0' ? 0 : 1);
    const char *what = "is no type of real numbers that we know";
    if (code[0] == 'c' || code[0] == 'F' || code[0] == 'D' || code[0] == 'G') {
        what = "holds complex numbers";
    } else if (code[0] == 'O') {
        what = "holds Python objects";
    } else if (code[0] == 'U' || code[0] == 'S' || code[0] == 'T') {
        what = "holds text";
    } else if (code[0] == 'M' || code[0] == 'm') {
        what = "holds dates or times";
    } else if (strcmp(code, "V2") == 0) {
        what = "holds raw two-byte entries, as numpy writes bfloat16";
    } else if (code[0] == 'V') {
        what = "holds raw bytes";
    } else if (code[0] == 'g' || strcmp(code, "f16") == 0) {
        what = "holds long doubles";
    }
    return error_set(err, ERROR_UNSUPPORTED,
                     "%s: its type '%s' %s; save it with "
                     "array.astype('float32')",
                     name, descr, what);
}

static bool utf8_is_valid(const unsigned char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        const unsigned char c = text[i++];
        const size_t more = c < 0x80                ? 0
                            : c >= 0xC2 && c < 0xE0 ? 1
                            : c >= 0xE0 && c < 0xF0 ? 2
                            : c >= 0xF0 && c < 0xF5 ? 3
                                                    : length;
        if (more > length - i) {
            return false;
        }
        for (size_t k = 0; k < more; k++) {
            if ((text[i++] & 0xC0) != 0x80) {
                return false;
            }
        }
    }
    return true;
}

static bool refuse_magic(const unsigned char *bytes, size_t length,
                         const char *name, struct error *err)
{
    if (length == 0) {
        return error_set(err, ERROR_FORMAT,
                         "%s: the file is empty; save it again", name);
    }
    if (length >= 8 && memcmp(bytes, "version ", 8) == 0) {
        return error_set(
            err, ERROR_FORMAT,
            "%s: this is a Git LFS pointer, not the file; fetch it "
            "with git lfs pull",
            name);
    }
    return error_set(err, ERROR_FORMAT,
                     "%s: no .npy file, it does not begin with \\x93NUMPY; "
                     "write one with numpy.save",
                     name);
}

/* Find the header's text: *start and *length. */
static bool frame_read(const unsigned char *bytes, size_t length,
                       const char *name, size_t *start, size_t *header_length,
                       struct error *err)
{
    if (length < MAGIC || memcmp(bytes, "\x93NUMPY", MAGIC) != 0) {
        return refuse_magic(bytes, length, name, err);
    }
    const unsigned major = length > 6 ? bytes[6] : 0;
    const unsigned minor = length > 7 ? bytes[7] : 0;
    if (length > 7 && (major < 1 || major > 3 || minor != 0)) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: .npy version %u.%u, but 1.0, 2.0 and 3.0 are "
                         "all there is; save it again with numpy",
                         name, major, minor);
    }
    const size_t width = major == 1 ? 2 : 4;
    *start = 8 + width;
    if (length < *start) {
        return error_set(err, ERROR_FORMAT,
                         "%s: the file ends after %zu bytes, inside the .npy "
                         "header; copy or save it again",
                         name, length);
    }
    uint64_t count = 0;
    for (size_t i = 0; i < width; i++) {
        count |= (uint64_t)bytes[8 + i] << (8 * i);
    }
    if (count > length - *start) {
        return error_set(err, ERROR_FORMAT,
                         "%s: the .npy header claims %llu bytes where %zu are "
                         "left; copy or save it again",
                         name, (unsigned long long)count, length - *start);
    }
    if (count > HEADER_MOST) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: a .npy header of %llu bytes, more than the %d "
                         "that numpy trusts; save the bare array",
                         name, (unsigned long long)count, (int)HEADER_MOST);
    }
    *header_length = (size_t)count;
    if (major == 3 && !utf8_is_valid(bytes + *start, *header_length)) {
        return error_set(err, ERROR_FORMAT,
                         "%s: the .npy header is not UTF-8; save it again",
                         name);
    }
    return true;
}

static bool shape_check(const struct npy_header *header, const char *name,
                        struct npy *npy, size_t bytes_left, struct error *err)
{
    if (header->dimensions != 2) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: a %zu-dimensional array where a matrix is "
                         "needed; save a two-dimensional one",
                         name, header->dimensions);
    }
    uint64_t entries = 0, needed = 0;
    if (!checked_mul(header->shape[0], header->shape[1], &entries) ||
        !checked_mul(entries, types[npy->type].size, &needed)) {
        return error_set(err, ERROR_RANGE,
                         "%s: a shape of %llu x %llu overflows; the header is "
                         "damaged, save it again",
                         name, (unsigned long long)header->shape[0],
                         (unsigned long long)header->shape[1]);
    }
    if (entries == 0) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: an empty matrix of %llu x %llu; save one with "
                         "entries",
                         name, (unsigned long long)header->shape[0],
                         (unsigned long long)header->shape[1]);
    }
    if (needed > bytes_left) {
        return error_set(err, ERROR_FORMAT,
                         "%s: %llu x %llu entries of %s take %llu bytes, the "
                         "file has %zu; copy or save it again",
                         name, (unsigned long long)header->shape[0],
                         (unsigned long long)header->shape[1],
                         npy_type_name(npy->type), (unsigned long long)needed,
                         bytes_left);
    }
    npy->rows = (size_t)header->shape[0];
    npy->cols = (size_t)header->shape[1];
    return true;
}

bool npy_open(const void *bytes, size_t length, const char *name,
              struct npy *npy, struct error *err)
{
    const unsigned char *file = bytes;
    struct npy_header header;
    size_t start = 0, header_length = 0;
    *npy = (struct npy){0};
    if (!frame_read(file, length, name, &start, &header_length, err) ||
        !npy_header_parse((const char *)file + start, header_length, name,
                          &header, err)) {
        return false;
    }
    if (header.structured) {
        return error_set(err, ERROR_UNSUPPORTED,
                         "%s: an array of structures, not of numbers; save one "
                         "field of it",
                         name);
    }
    if (!type_find(header.descr, npy)) {
        return refuse_type(header.descr, name, err);
    }
    npy->fortran = header.fortran;
    npy->data = file + start + header_length;
    return shape_check(&header, name, npy, length - start - header_length, err);
}

static double half_value(uint16_t bits)
{
    const unsigned exponent = bits >> 10 & 31, fraction = bits & 1023;
    double value = exponent == 0   ? ldexp(fraction, -24)
                   : exponent < 31 ? ldexp(1024 + fraction, (int)exponent - 25)
                   : fraction == 0 ? (double)INFINITY
                                   : (double)NAN;
    return bits >> 15 != 0 ? -value : value;
}

double npy_value(const struct npy *npy, size_t row, size_t col)
{
    const size_t size = types[npy->type].size;
    const size_t index =
        npy->fortran ? col * npy->rows + row : row * npy->cols + col;
    const unsigned char *stored = npy->data + index * size;
    unsigned char raw[8] = {0};
    for (size_t i = 0; i < size; i++) {
        raw[i] = stored[npy->swapped ? size - 1 - i : i];
    }
    union {
        uint8_t u8;
        uint16_t u16;
        uint32_t u32;
        uint64_t u64;
        int8_t i8;
        int16_t i16;
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
    } value;
    memcpy(&value, raw, sizeof raw); /* what is shorter comes first */
    switch (npy->type) {
    case NPY_FLOAT16:
        return half_value(value.u16);
    case NPY_FLOAT32:
        return (double)value.f32;
    case NPY_FLOAT64:
        return value.f64;
    case NPY_BOOL:
        return value.u8 != 0 ? 1.0 : 0.0;
    case NPY_INT8:
        return value.i8;
    case NPY_INT16:
        return value.i16;
    case NPY_INT32:
        return value.i32;
    case NPY_INT64:
        return (double)value.i64;
    case NPY_UINT8:
        return value.u8;
    case NPY_UINT16:
        return value.u16;
    case NPY_UINT32:
        return value.u32;
    case NPY_UINT64:
        return (double)value.u64;
    }
    return 0.0;
}
