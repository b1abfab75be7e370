/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading an adapter_config.json in a test: a refusal has to be one sentence
 * and leaves the settings alone.
 */
#ifndef TESTS_UNIT_CONFIG_FIXTURE_H
#define TESTS_UNIT_CONFIG_FIXTURE_H

#include "adapter/config.h"
#include "adapter/method.h"
#include "cases.h"

#define FOLDER "tests/data/peft"

/* What every test here needs. */
struct fixture {
    struct resource_path path;
    struct strings strings;
    struct adapter_settings settings;
};

static inline int fixture_setup(void **state)
{
    static struct fixture fixture; /* alive as long as the test */
    struct error err = {0};
    fixture = (struct fixture){0};
    *state = &fixture;
    if (!resource_path_init(&fixture.path, NULL, &err)) {
        return 1;
    }
    settings_init(&fixture.settings, &fixture.strings);
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *fixture = *state;
    resource_path_clear(&fixture->path);
    strings_clear(&fixture->strings);
    return 0;
}

/* One sentence, without a full stop or a line's end. */
static inline bool is_sentence(const struct error *err)
{
    size_t length = strlen(err->message);
    return err->code != ERROR_NONE && length > 10 &&
           err->message[length - 1] != '.' &&
           strchr(err->message, '\n') == NULL;
}

/* Read the LENGTH bytes at TEXT; a refusal says why and changes nothing. */
static inline bool read_bytes(struct fixture *fixture, const char *text,
                              size_t length, struct error *err)
{
    struct adapter_settings before = fixture->settings;
    *err = (struct error){0};
    bool read = settings_read(&fixture->settings, &fixture->path, text, length,
                              "adapter_config.json", err);
    if (!read) {
        assert_true(is_sentence(err));
        assert_true(settings_equal(&before, &fixture->settings));
    }
    return read;
}

static inline bool read_json(struct fixture *fixture, const json_t *object)
{
    struct error err = {0};
    char *text = json_dumps(object, 0);
    assert_non_null(text);
    bool read = read_bytes(fixture, text, strlen(text), &err);
    free(text);
    return read;
}

static inline bool read_text(struct fixture *fixture, const char *text)
{
    struct error err = {0};
    return read_bytes(fixture, text, strlen(text), &err);
}

#define FIXTURE_TEST(name) \
    cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

#endif
