#include "yaml/timestamp.h"

#include "yaml/cursor.h"

#include <inttypes.h>
#include <stdio.h>

#define FRACTION_DIGITS 6
#define MINUTES_OF_DAY 1440

struct timestamp {
	int64_t year;
	int64_t month;
	int64_t day;
	int64_t hour;
	int64_t minute;
	int64_t second;
	int64_t microsecond; /* 1,000,000 where the fraction was rounded up to a whole second */
	int64_t zone_hours;
	int64_t zone_minutes;
	bool has_time;
	bool has_zone;
	bool is_west; /* the zone is behind UTC */
};

static bool parse_date(struct cursor *cursor, struct timestamp *timestamp) {
	return cursor_take_number(cursor, 4, 4, &timestamp->year) && cursor_take(cursor, "-") &&
	       cursor_take_number(cursor, 1, 2, &timestamp->month) && cursor_take(cursor, "-") &&
	       cursor_take_number(cursor, 1, 2, &timestamp->day);
}

/* The digits behind the point, as microseconds; the seventh rounds. */
static void parse_fraction(struct cursor *cursor, struct timestamp *timestamp) {
	size_t start = cursor->at;
	size_t digits = cursor_take_digits(cursor);
	for (size_t i = 0; i < FRACTION_DIGITS; i++) {
		timestamp->microsecond *= 10;
		timestamp->microsecond += i < digits ? cursor->text.data[start + i] - '0' : 0;
	}
	if (digits > FRACTION_DIGITS && cursor->text.data[start + FRACTION_DIGITS] >= '5') {
		timestamp->microsecond++;
	}
}

static bool parse_zone(struct cursor *cursor, struct timestamp *timestamp) {
	cursor_take_all(cursor, " \t");
	timestamp->has_zone = true;
	if (cursor_take(cursor, "Z")) {
		return true;
	}
	timestamp->is_west = cursor_is_at(cursor, "-");
	return cursor_take(cursor, "-+") &&
	       cursor_take_number(cursor, 1, 2, &timestamp->zone_hours) &&
	       (!cursor_take(cursor, ":") ||
		       cursor_take_number(cursor, 2, 2, &timestamp->zone_minutes));
}

static bool parse_time(struct cursor *cursor, struct timestamp *timestamp) {
	timestamp->has_time = true;
	bool is_time =
		(cursor_take(cursor, "Tt") || cursor_take_all(cursor, " \t") > 0) &&
		cursor_take_number(cursor, 1, 2, &timestamp->hour) && cursor_take(cursor, ":") &&
		cursor_take_number(cursor, 2, 2, &timestamp->minute) && cursor_take(cursor, ":") &&
		cursor_take_number(cursor, 2, 2, &timestamp->second);
	if (is_time && cursor_take(cursor, ".")) {
		parse_fraction(cursor, timestamp);
	}
	return is_time && (cursor_is_at_end(cursor) || parse_zone(cursor, timestamp));
}

static bool parse(struct text text, struct timestamp *timestamp) {
	struct cursor cursor = cursor_at_start(text);
	*timestamp = (struct timestamp){0};
	return parse_date(&cursor, timestamp) &&
	       (cursor_is_at_end(&cursor) || parse_time(&cursor, timestamp)) &&
	       cursor_is_at_end(&cursor);
}

bool timestamp_matches(struct text text) {
	struct timestamp timestamp;
	/* Without a time, only the full form is one: 2001-1-1 is a string. */
	return parse(text, &timestamp) &&
	       (timestamp.has_time || text.length == sizeof("2001-12-14") - 1);
}

static int64_t days_in_month(int64_t year, int64_t month) {
	static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && is_leap_year);
}

static int64_t zone_minutes(const struct timestamp *timestamp) {
	return timestamp->zone_hours * 60 + timestamp->zone_minutes;
}

/* What makes it impossible, or NULL. */
static const char *find_fault(const struct timestamp *timestamp) {
	if (timestamp->year < 1) {
		return "there is no year 0";
	}
	if (timestamp->month < 1 || timestamp->month > 12) {
		return "the month must be 1 to 12";
	}
	if (timestamp->day < 1 ||
		timestamp->day > days_in_month(timestamp->year, timestamp->month)) {
		return "the month has no such day";
	}
	if (timestamp->hour > 23) {
		return "the hour must be 0 to 23";
	}
	if (timestamp->minute > 59) {
		return "the minute must be 0 to 59";
	}
	if (timestamp->second > 59) {
		return "the second must be 0 to 59";
	}
	if (zone_minutes(timestamp) >= MINUTES_OF_DAY) {
		return "the zone must be less than 24 hours off";
	}
	return NULL;
}

/* Carries a fraction that was rounded up. Returns false behind the end of the year 9999. */
static bool carry(struct timestamp *timestamp) {
	if (timestamp->microsecond < 1000000) {
		return true;
	}
	timestamp->microsecond = 0;
	timestamp->second++;
	const struct {
		int64_t *low;
		int64_t *high;
		int64_t first;
		int64_t last;
	} steps[] = {
		{&timestamp->second, &timestamp->minute, 0, 59},
		{&timestamp->minute, &timestamp->hour, 0, 59},
		{&timestamp->hour, &timestamp->day, 0, 23},
		{&timestamp->day, &timestamp->month, 1,
			days_in_month(timestamp->year, timestamp->month)},
		{&timestamp->month, &timestamp->year, 1, 12},
	};
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (*steps[i].low > steps[i].last) {
			*steps[i].low = steps[i].first;
			(*steps[i].high)++;
		}
	}
	return timestamp->year <= 9999;
}

static size_t format(const struct timestamp *timestamp, char *text, size_t size) {
	size_t length = (size_t)snprintf(text, size, "%04" PRId64 "-%02" PRId64 "-%02" PRId64,
		timestamp->year, timestamp->month, timestamp->day);
	if (timestamp->has_time) {
		length += (size_t)snprintf(text + length, size - length,
			"T%02" PRId64 ":%02" PRId64 ":%02" PRId64, timestamp->hour,
			timestamp->minute, timestamp->second);
	}
	if (timestamp->microsecond > 0) {
		length += (size_t)snprintf(
			text + length, size - length, ".%06" PRId64, timestamp->microsecond);
	}
	if (timestamp->has_zone) {
		int64_t minutes = zone_minutes(timestamp);
		length += (size_t)snprintf(text + length, size - length,
			"%s%02" PRId64 ":%02" PRId64, timestamp->is_west && minutes > 0 ? "-" : "+",
			minutes / 60, minutes % 60);
	}
	return length;
}

bool timestamp_construct(
	struct arena *arena, struct text text, struct value *value, struct error *error) {
	struct timestamp timestamp;
	if (text_ends_with(text, TEXT("\n"))) {
		text.length--; /* a block scalar's */
	}
	if (!parse(text, &timestamp)) {
		return error_set(error, ERROR_INVALID,
			"this is not a date; write YYYY-MM-DD, or remove the tag");
	}
	const char *fault = find_fault(&timestamp);
	if (fault == NULL && !carry(&timestamp)) {
		fault = "it is rounded to the year 10000";
	}
	if (fault != NULL) {
		int shown = text.length > 64 ? 64 : (int)text.length;
		return error_set(error, ERROR_INVALID,
			"%.*s is no date: %s; quote it if it is meant as text", shown, text.data,
			fault);
	}
	char canonical[64];
	struct text formatted = {canonical, format(&timestamp, canonical, sizeof(canonical))};
	value->type = timestamp.has_time ? VALUE_DATETIME : VALUE_DATE;
	return arena_copy_text(arena, formatted, &value->canonical) || error_set_memory(error);
}

struct timestamp_instant timestamp_instant(struct text canonical) {
	struct timestamp timestamp;
	if (!parse(canonical, &timestamp)) {
		return (struct timestamp_instant){0};
	}
	int64_t past_years = timestamp.year - 1;
	int64_t days = past_years * 365 + past_years / 4 - past_years / 100 + past_years / 400;
	for (int64_t month = 1; month < timestamp.month; month++) {
		days += days_in_month(timestamp.year, month);
	}
	days += timestamp.day - 1;
	int64_t zone = zone_minutes(&timestamp);
	int64_t minutes = (days * 24 + timestamp.hour) * 60 + timestamp.minute;
	minutes += timestamp.is_west ? zone : -zone;
	return (struct timestamp_instant){
		.microseconds = (minutes * 60 + timestamp.second) * 1000000 + timestamp.microsecond,
		.has_zone = timestamp.has_zone,
	};
}
