// Reads a stream of YAML documents from standard input with Node's `yaml` package and writes each,
// typed, as a line of JSON: the form that round-trip.py compares. The argument is the YAML version.
"use strict";

const YAML = require("yaml");

const PREFIX = "tag:yaml.org,2002:";

const SCALARS = {
	bigint: (value) => ["int", value.toString()],
	boolean: (value) => ["bool", value],
	number: (value) => ["float", Object.is(value, -0) ? "-0" : String(value)],
	string: (value) => ["str", value],
};

function fromScalar(value) {
	if (value === null || value === undefined) {
		return ["null"];
	}
	if (value instanceof Date) {
		return ["time", value.toISOString()];
	}
	if (value instanceof Uint8Array) {
		return ["bytes", Buffer.from(value).toString("base64")];
	}
	return SCALARS[typeof value](value);
}

function fromPair(pair) {
	return [fromNode(pair.key), fromNode(pair.value)];
}

function fromNode(node) {
	const kind = node && node.tag && node.tag.startsWith(PREFIX) ? node.tag.slice(PREFIX.length) : "";
	if (kind === "set") {
		return ["set", node.items.map((pair) => fromNode(pair.key))];
	}
	if (kind === "omap" || kind === "pairs") {
		const pairs = node.items.map((item) => (YAML.isPair(item) ? item : item.items[0]));
		return [kind, pairs.map(fromPair)];
	}
	if (YAML.isMap(node)) {
		return ["map", node.items.map(fromPair)];
	}
	if (YAML.isSeq(node)) {
		return ["seq", node.items.map(fromNode)];
	}
	return fromScalar(YAML.isScalar(node) ? node.value : node);
}

const options = { version: process.argv[2], intAsBigInt: true };
if (options.version === "1.2") {
	options.customTags = ["binary", "omap", "pairs", "set", "timestamp"];
}
const text = require("fs").readFileSync(0, "utf8");
for (const document of YAML.parseAllDocuments(text, options)) {
	const faults = document.errors.concat(document.warnings);
	const answer = faults.length > 0 ? ["error", faults[0].message] : fromNode(document.contents);
	process.stdout.write(JSON.stringify(answer) + "\n");
}
