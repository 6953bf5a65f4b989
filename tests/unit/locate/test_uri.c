#include "locate/uri.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct example {
	const char *text;
	enum uri_kind kind;
	const char *normalized; /* NULL: as it is */
};

static void check_example(const struct example *example) {
	const struct text text = text_of(example->text);
	const char *expected = example->normalized != NULL ? example->normalized : example->text;
	enum uri_kind kind = uri_classify(text);
	struct buffer normalized = {0};
	uri_normalize(&normalized, text);
	if (kind != example->kind || !text_equal(buffer_text(&normalized), text_of(expected))) {
		fail_msg("\"%s\" is of kind %d, \"%.*s\"; expected %d, \"%s\"", example->text, kind,
			TEXT_ARGUMENTS(buffer_text(&normalized)), example->kind, expected);
	}
	buffer_finish(&normalized);
}

static void check_examples(const struct example *examples, size_t count) {
	for (size_t i = 0; i < count; i++) {
		check_example(&examples[i]);
	}
}

#define CHECK(examples) check_examples(examples, sizeof(examples) / sizeof((examples)[0]))

static void test_what_starts_with_a_slash_is_an_absolute_path(void **state) {
	static const struct example examples[] = {
		{"/", URI_ABSOLUTE_PATH, NULL},
		{"/srv/models/tiny.pt", URI_ABSOLUTE_PATH, NULL},
		{"/srv//models/./x/", URI_ABSOLUTE_PATH, NULL},
		{"//nas/models", URI_ABSOLUTE_PATH, NULL},
		{"/http://h.example/x", URI_ABSOLUTE_PATH, NULL},
		{"/a b%20c?d#e;f", URI_ABSOLUTE_PATH, NULL},
		{"//[nas/models", URI_ABSOLUTE_PATH, NULL},
	};
	(void)state;
	CHECK(examples);
}

static void test_what_has_no_scheme_is_a_relative_path(void **state) {
	static const struct example examples[] = {
		{"", URI_RELATIVE_PATH, NULL},
		{".", URI_RELATIVE_PATH, NULL},
		{" ", URI_RELATIVE_PATH, NULL},
		{"weights/last.pt", URI_RELATIVE_PATH, NULL},
		{"../shared/spm.model", URI_RELATIVE_PATH, NULL},
		{"~/tiny.pt", URI_RELATIVE_PATH, NULL},
		{" /srv/models", URI_RELATIVE_PATH, NULL},
		{"\\\\nas\\models", URI_RELATIVE_PATH, NULL},
		{"http//h.example/x", URI_RELATIVE_PATH, NULL},
		{"s3", URI_RELATIVE_PATH, NULL},
	};
	(void)state;
	CHECK(examples);
}

static void test_what_only_looks_like_a_scheme_is_a_relative_path(void **state) {
	static const struct example examples[] = {
		{":", URI_RELATIVE_PATH, NULL},
		{"://h.example/x", URI_RELATIVE_PATH, NULL},
		{"9p:volume", URI_RELATIVE_PATH, NULL},
		{"+x:y", URI_RELATIVE_PATH, NULL},
		{"-x:y", URI_RELATIVE_PATH, NULL},
		{"my_scheme:x", URI_RELATIVE_PATH, NULL},
		{"run 1:last", URI_RELATIVE_PATH, NULL},
		{"runs/1:last", URI_RELATIVE_PATH, NULL},
		{"what?x:y", URI_RELATIVE_PATH, NULL},
		{"\xC3\xBC:x", URI_RELATIVE_PATH, NULL},
		{"\xC2\xA0hg://org/tiny", URI_RELATIVE_PATH, NULL},
		{"\xE3\x80\x80s3://bucket/x", URI_RELATIVE_PATH, NULL},
		{"http\xEF\xBC\x9A//h.example", URI_RELATIVE_PATH, NULL},
	};
	(void)state;
	CHECK(examples);
}

static void test_a_host_that_python_refuses_makes_it_a_relative_path(void **state) {
	static const struct example examples[] = {
		{"http://[fe80::1/x", URI_RELATIVE_PATH, NULL},
		{"http://fe80::1]/x", URI_RELATIVE_PATH, NULL},
		{"https://[10.0.0.1]/x", URI_RELATIVE_PATH, NULL},
		{"https://[]/x", URI_RELATIVE_PATH, NULL},
		{"https://[zz::1]/x", URI_RELATIVE_PATH, NULL},
		{"https://]::1[/x", URI_RELATIVE_PATH, NULL},
		{"https://[1:2:3:4:5:6:7:8:9]/x", URI_RELATIVE_PATH, NULL},
		{"https://[::1%]/x", URI_RELATIVE_PATH, NULL},
		{"https://[::1%a%b]/x", URI_RELATIVE_PATH, NULL},
		{"https://[v1]/x", URI_RELATIVE_PATH, NULL},
		{"https://[v.x]/x", URI_RELATIVE_PATH, NULL},
		{"https://[vg.x]/x", URI_RELATIVE_PATH, NULL},
		{"https://[v1.]/x", URI_RELATIVE_PATH, NULL},
		{"file://[shelf/x", URI_RELATIVE_PATH, NULL},
		{"other://[shelf/x", URI_RELATIVE_PATH, NULL},
		{"http://h\xEF\xBC\x8Fx.example/", URI_RELATIVE_PATH, NULL},
		{"hg://\xE2\x84\x80/tiny", URI_RELATIVE_PATH, NULL},
	};
	(void)state;
	CHECK(examples);
}

static void test_a_bracketed_ipv6_host_is_accepted(void **state) {
	static const struct example examples[] = {
		{"http://[fe80::1]:80/x", URI_HTTP, NULL},
		{"http://[FE80::A:0:1%eth0]/x", URI_HTTP, NULL},
		{"http://[::ffff:10.0.0.1]/x", URI_HTTP, NULL},
		{"http://me@[::]/x", URI_HTTP, NULL},
		{"http://[v1F.host:1]/x", URI_HTTP, NULL},
		{"http://h.example/[x", URI_HTTP, NULL},
		{"http://h.example?[x", URI_HTTP, NULL},
		{"http:[x", URI_HTTP, "http:///[x"},
	};
	(void)state;
	CHECK(examples);
}

static void test_schemes_are_known_in_any_case_and_written_in_lower_case(void **state) {
	static const struct example examples[] = {
		{"https://h.example/tiny.pt", URI_HTTP, NULL},
		{"Https://H.Example/Tiny.pt", URI_HTTP, "https://H.Example/Tiny.pt"},
		{"HG://Org/Tiny", URI_HUB, "hg://Org/Tiny"},
		{"S3://Bucket/Key", URI_S3, "s3://Bucket/Key"},
		{"File:///Srv/X", URI_FILE, "file:///Srv/X"},
		{"D:/models/x.pt", URI_OTHER, "d:/models/x.pt"},
		{"GS://b/k", URI_OTHER, "gs://b/k"},
		{"httpx://h.example/", URI_OTHER, NULL},
		{"a-Scheme+of.some-Length:x", URI_OTHER, "a-scheme+of.some-length:x"},
		{"urn:isbn:1", URI_OTHER, NULL},
	};
	(void)state;
	CHECK(examples);
}

static void test_blanks_in_front_and_line_breaks_anywhere_do_not_count(void **state) {
	static const struct example examples[] = {
		{"  https://h.example/x", URI_HTTP, "https://h.example/x"},
		{"\x01\x1F\t\nhg://org/tiny", URI_HUB, "hg://org/tiny"},
		{"ht\ttp:\n/\r/h.exa\nmple/x\n", URI_HTTP, "http://h.example/x"},
		{"s3\n://b/k", URI_S3, "s3://b/k"},
		{"file:\n/srv/x", URI_FILE, "file:///srv/x"},
		{"https://h.example/a b ", URI_HTTP, NULL},
		{"https://h.example/x?\n", URI_HTTP, "https://h.example/x"},
		{"https://h.example/x;\t", URI_HTTP, "https://h.example/x"},
		{"http://[:\n:1]/x", URI_HTTP, "http://[::1]/x"},
	};
	(void)state;
	CHECK(examples);
}

static void test_empty_parts_are_dropped(void **state) {
	static const struct example examples[] = {
		{"https://h.example/x?#", URI_HTTP, "https://h.example/x"},
		{"https://h.example/x#", URI_HTTP, "https://h.example/x"},
		{"https://h.example/x;", URI_HTTP, "https://h.example/x"},
		{"https://h.example/x;;", URI_HTTP, NULL},
		{"https://h.example/x;a=1;b=2?q#f", URI_HTTP, NULL},
		{"https://h.example/x;/y;", URI_HTTP, "https://h.example/x;/y"},
		{"https://h.example/x?a?b#c#d", URI_HTTP, NULL},
		{"https://h.example/x#a?b", URI_HTTP, NULL},
		{"hg://org/tiny;", URI_HUB, NULL},
		{"hg://org/tiny?", URI_HUB, "hg://org/tiny"},
	};
	(void)state;
	CHECK(examples);
}

static void test_schemes_with_hosts_are_written_with_two_slashes(void **state) {
	static const struct example examples[] = {
		{"https:", URI_HTTP, "https://"},
		{"https:x", URI_HTTP, "https:///x"},
		{"https:/x", URI_HTTP, "https:///x"},
		{"https:///x", URI_HTTP, NULL},
		{"https:////x", URI_HTTP, "https://x"},
		{"https:;gated=true", URI_HTTP, "https:///;gated=true"},
		{"https:?x", URI_HTTP, "https://?x"},
		{"file:srv/x", URI_FILE, "file:///srv/x"},
		{"file://shelf", URI_FILE, NULL},
		{"file:////srv/x", URI_FILE, "file://srv/x"},
		{"svn+ssh:x", URI_OTHER, "svn+ssh:///x"},
		{"hg:", URI_HUB, NULL},
		{"hg:org/tiny", URI_HUB, NULL},
		{"hg:///tiny", URI_HUB, "hg:/tiny"},
		{"hg:////tiny", URI_HUB, "hg://tiny"},
		{"s3:///key", URI_S3, "s3:/key"},
		{"s3://", URI_S3, "s3:"},
		{"s3://?x", URI_S3, "s3:?x"},
	};
	(void)state;
	CHECK(examples);
}

static void test_nul_is_a_character_like_others(void **state) {
	struct buffer normalized = {0};
	(void)state;
	assert_int_equal(uri_classify(TEXT("ht\0tp://x")), URI_RELATIVE_PATH);
	assert_int_equal(uri_classify(TEXT("\0hg://org/x")), URI_HUB);
	assert_int_equal(uri_classify(TEXT("http://[::1\0]/x")), URI_RELATIVE_PATH);
	uri_normalize(&normalized, TEXT("HTTP://h\0/x"));
	assert_int_equal(normalized.length, 11);
	assert_memory_equal(normalized.data, "http://h\0/x", 11);
	buffer_finish(&normalized);
}

static void test_bytes_that_are_not_utf8_are_kept(void **state) {
	static const struct example examples[] = {
		{"http://\xFF/\xFE", URI_HTTP, NULL},
		{"http://\xEF\xBC/x", URI_HTTP, NULL},
	};
	(void)state;
	CHECK(examples);
}

static void test_a_scheme_is_seen_where_fairseq2_sees_a_path(void **state) {
	(void)state;
	assert_true(uri_has_scheme(TEXT("http://[fe80::1/x")));
	assert_true(uri_has_scheme(TEXT("\xC2\xA0hg://org/tiny")));
	assert_true(uri_has_scheme(TEXT("\x1Fhg://org/tiny")));
	assert_true(uri_has_scheme(TEXT("x:")));
	assert_false(uri_has_scheme(TEXT("/srv/x:y")));
	assert_false(uri_has_scheme(TEXT("runs/1:last")));
	assert_false(uri_has_scheme(TEXT("9p:volume")));
	assert_false(uri_has_scheme(TEXT("")));
}

static void check_parameters(struct text uri, struct text expected) {
	assert_true(text_equal(uri_parameters(uri), expected));
}

static void test_parameters_are_those_of_the_last_segment(void **state) {
	(void)state;
	check_parameters(TEXT("https://h.example/x;gated=true"), TEXT("gated=true"));
	check_parameters(TEXT("https://h.example/x;a=1;b=2?c;d#e"), TEXT("a=1;b=2"));
	check_parameters(TEXT("https://h.example/x;a=1/y"), TEXT(""));
	check_parameters(TEXT("https://h.example;a=1"), TEXT(""));
	check_parameters(TEXT("hg://org/tiny;a=1"), TEXT(""));
	check_parameters(TEXT("/srv/x;a=1"), TEXT(""));
}

int main(void) {
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_starts_with_a_slash_is_an_absolute_path),
		cmocka_unit_test(test_what_has_no_scheme_is_a_relative_path),
		cmocka_unit_test(test_what_only_looks_like_a_scheme_is_a_relative_path),
		cmocka_unit_test(test_a_host_that_python_refuses_makes_it_a_relative_path),
		cmocka_unit_test(test_a_bracketed_ipv6_host_is_accepted),
		cmocka_unit_test(test_schemes_are_known_in_any_case_and_written_in_lower_case),
		cmocka_unit_test(test_blanks_in_front_and_line_breaks_anywhere_do_not_count),
		cmocka_unit_test(test_empty_parts_are_dropped),
		cmocka_unit_test(test_schemes_with_hosts_are_written_with_two_slashes),
		cmocka_unit_test(test_nul_is_a_character_like_others),
		cmocka_unit_test(test_bytes_that_are_not_utf8_are_kept),
		cmocka_unit_test(test_a_scheme_is_seen_where_fairseq2_sees_a_path),
		cmocka_unit_test(test_parameters_are_those_of_the_last_segment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
