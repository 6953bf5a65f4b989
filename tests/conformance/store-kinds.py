#!/usr/bin/python3
"""The kinds of stores, and which card counts where two stores have it, through the command line.

    store-kinds.py [--cardfs PATH] [TEST...]
"""

import sys

sys.dont_write_bytecode = True

from support import testing


class Checkpoints(testing.StoreTest):
    def write_run(self, *steps, model="name: checkpoint\nmodel_family: llama\n"):
        """A training run: (step, score or None) each."""
        self.write("run/model.yaml", model)
        for step, score in steps:
            self.write(f"run/step_{step}/model")
            if score is not None:
                self.write(f"run/scores/step_{step}.txt", f"{score}\n")

    def run_store(self):
        return self.cardfs(f"checkpoints:{self.root}/run")

    def names(self):
        return self.run_store().run("list").output.split()

    def checkpoint(self, name):
        return self.show(self.run_store(), name)["checkpoint"].removeprefix(f"{self.root}/run/")

    def test_each_step_is_a_card_that_derives_from_checkpoint(self):
        self.write_run((1, None), (20, None))
        self.assertEqual(self.names(), ["checkpoint", "checkpoint_step_1", "checkpoint_step_20", "last_checkpoint"])
        card = self.show(self.run_store(), "checkpoint_step_20")
        self.assertEqual(card["model_family"], "llama")
        self.assertEqual(card["checkpoint"], f"{self.root}/run/step_20/model")

    def test_the_last_checkpoint_is_that_of_the_highest_step(self):
        self.write_run((9, None), (100, None), (20, None))
        self.assertEqual(self.checkpoint("last_checkpoint"), "step_100/model")

    def test_the_best_score_comes_first_and_of_equal_ones_the_later_step(self):
        self.write_run((10, 0.5), (20, -1e3), (30, 0.5), (40, None))
        best = [self.checkpoint(f"best_checkpoint_{rank}") for rank in range(3)]
        self.assertEqual(best, ["step_30/model", "step_10/model", "step_20/model"])
        self.assertEqual(self.checkpoint("best_checkpoint"), "step_30/model")
        self.assertNotIn("best_checkpoint_3", self.names())

    def test_a_score_that_is_no_number_is_named_and_does_not_count(self):
        self.write_run((10, "good"), (20, 1))
        self.assertEqual(self.checkpoint("best_checkpoint"), "step_20/model")
        self.assertIn("scores/step_10.txt: error: ", self.run_store().run("check").output)

    def test_path_says_where_the_model_is(self):
        self.write_run((10, None))
        self.assertEqual(self.run_store().run("path", "last_checkpoint").output, f"{self.root}/run/step_10/model\n")

    def test_an_environment_of_checkpoint_applies_to_every_step(self):
        self.write_run((10, None), model="name: checkpoint\nv: 0\n---\nname: checkpoint@user\nv: 1\n")
        self.assertEqual(self.show(self.run_store(), "checkpoint_step_10")["v"], 1)

    def test_a_directory_without_model_yaml_is_a_problem(self):
        self.write("run/step_1/model")
        answer = self.run_store().run("check")
        self.assertEqual(answer.status, 1)
        self.assertIn("run/model.yaml: error: ", answer.output)

    def test_a_model_yaml_without_a_card_checkpoint_is_a_problem(self):
        self.write_run((10, None), model="name: other\n")
        self.assertEqual(self.names(), ["other"])
        self.assertIn("run/model.yaml: error: ", self.run_store().run("check").output)


class Packages(testing.StoreTest):
    def find(self, name="org.pkg.cards"):
        return self.cardfs(f"package:{name}").run("list")

    def test_it_is_found_in_pythonpath(self):
        self.write("one/other/x.yaml", "name: x\n")
        self.write("two/org/pkg/cards/sub/a.yaml", "name: a\n")
        self.variables["PYTHONPATH"] = f"{self.root}/one:{self.root}/two"
        self.assertEqual(self.find().output, "a\n")

    def test_it_is_found_in_a_virtual_environment(self):
        self.write("venv/lib/python3.11/site-packages/org/pkg/cards/a.yml", "name: a\n")
        self.variables["VIRTUAL_ENV"] = f"{self.root}/venv"
        self.assertEqual(self.find().output, "a\n")

    def test_it_is_found_in_a_conda_environment(self):
        self.write("conda/lib/python3.9/site-packages/org/pkg/cards/a.yml", "name: a\n")
        self.variables["CONDA_PREFIX"] = f"{self.root}/conda"
        self.assertEqual(self.find().output, "a\n")

    def test_it_is_found_where_it_was_installed_to_be_edited(self):
        self.write("work/src/org/pkg/cards/a.yaml", "name: a\n")
        self.write("venv/lib/python3.11/site-packages/org.pth", f"# where\nimport os\n{self.root}/work/src\n")
        self.variables["VIRTUAL_ENV"] = f"{self.root}/venv"
        self.assertEqual(self.find().output, "a\n")

    def test_pythonpath_comes_before_the_virtual_environment(self):
        self.write("path/org/pkg/cards/a.yaml", "name: path\n")
        self.write("venv/lib/python3.11/site-packages/org/pkg/cards/a.yaml", "name: venv\n")
        self.variables |= {"PYTHONPATH": f"{self.root}/path", "VIRTUAL_ENV": f"{self.root}/venv"}
        self.assertEqual(self.find().output, "path\n")

    def test_relative_locators_start_at_the_card(self):
        self.write("path/org/pkg/cards/sub/a.yaml", "name: a\ndata: x\n")
        self.variables["PYTHONPATH"] = f"{self.root}/path"
        card = self.show(self.cardfs("package:org.pkg.cards"), "a")
        self.assertEqual(card["data"], f"{self.root}/path/org/pkg/cards/sub/x")

    def test_one_that_is_not_there_is_said_to_be_looked_for_where(self):
        (self.root / "path").mkdir()
        self.variables["PYTHONPATH"] = f"{self.root}/path"
        answer = self.find()
        self.assertEqual(answer.status, 2)
        self.assertIn("org.pkg.cards", answer.errors)
        self.assertIn(f"{self.root}/path", answer.errors)

    def test_a_path_is_no_name_of_a_package(self):
        for name in ("../x", "a/b", "a..b", ".a", "a-b"):
            self.assertEqual(self.find(name).status, 2, name)


class Conflicts(testing.StoreTest):
    def setUp(self):
        super().setUp()
        self.variables["FAIRSEQ2_ASSET_DIR"] = str(self.root / "system")
        self.variables["FAIRSEQ2_USER_ASSET_DIR"] = str(self.root / "user")
        for store in ("system", "added0", "added1", "user"):
            (self.root / store).mkdir()

    def default_stores(self, *more):
        """The system store, two that are added, and the user's."""
        added = [str(self.root / "added0"), str(self.root / "added1")]
        return self.cardfs(*added, options=["-o", "nobuiltin", *more])

    def shadowing(self):
        return self.default_stores("--conflicts=shadow")

    def test_two_cards_of_one_name_break_the_asset_and_both_are_named(self):
        self.write("system/a.yaml", "name: a\n")
        self.write("user/b.yaml", "name: b\n---\nname: a\n")
        answer, documents = self.default_stores().show_all()
        self.assertEqual(answer.status, 1)
        self.assertEqual([*documents], ["b"])
        self.assertIn(f"{self.root}/user/b.yaml:3: ", answer.errors)
        self.assertIn(f"{self.root}/system/a.yaml:1", answer.errors)

    def test_a_problem_is_said_once(self):
        self.write("user/a.yaml", "name: a\n---\nname: a\n---\nname: b\nbase: 5\n---\nname: c\nbase: b\n")
        for arguments in (["--all"], ["--", "a", "a", "b"]):
            lines = self.default_stores().run("show", *arguments).errors.splitlines()
            self.assertEqual(lines, sorted(set(lines)))

    def test_a_later_store_hides_an_earlier_one(self):
        stores = ["system", "added0", "added1", "user"]
        for i, store in enumerate(stores):
            self.write(f"{store}/a.yaml", "".join(f"---\nname: a{j}\nfrom: {store}\n" for j in range(i + 1)))
        answer, documents = self.shadowing().show_all()
        self.assertEqual(answer.status, 0, answer.errors)
        shown = {name: card["from"] for name, card in documents.items()}
        self.assertEqual(shown, {f"a{i}": "user" for i in range(4)})

    def test_the_order_is_system_then_added_then_user(self):
        for stores in (["system", "added0"], ["added0", "added1"], ["added1", "user"], ["system", "user"]):
            name = "-".join(stores)
            for store in stores:
                self.write(f"{store}/{name}.yaml", f"name: {name}\nfrom: {store}\n")
            self.assertEqual(self.show(self.shadowing(), name)["from"], stores[1])

    def test_built_in_cards_come_first(self):
        built_in = self.cardfs(options=["-o", "nosystem,nouser"]).run("list").output.split()
        self.write("system/a.yaml", f"name: {built_in[0]}\nfrom: system\n")
        cardfs = self.cardfs(options=["-o", "nouser", "--conflicts", "shadow"])
        self.assertEqual(self.show(cardfs, built_in[0])["from"], "system")

    def test_an_environment_of_an_earlier_store_still_applies(self):
        self.write("system/a.yaml", "name: a\nv: 0\n---\nname: a@user\nv: 1\n")
        self.write("user/a.yaml", "name: a\nv: 2\nw: 2\n")
        card = self.show(self.shadowing(), "a")
        self.assertEqual((card["v"], card["w"]), (1, 2))

    def test_a_base_is_the_card_that_counts(self):
        self.write("system/a.yaml", "name: b\nv: 0\n---\nname: a\nbase: b\n")
        self.write("added0/b.yaml", "name: b\nv: 1\n")
        self.assertEqual(self.show(self.shadowing(), "a")["v"], 1)

    def test_nothing_is_hidden_within_a_store(self):
        self.write("user/a.yaml", "name: a\n---\nname: a\n")
        answer, documents = self.shadowing().show_all()
        self.assertEqual((answer.status, documents), (1, {}))

    def test_a_faulty_card_that_is_hidden_harms_nobody(self):
        self.write("system/a.yaml", "name: a\nbase: 5\n")
        self.write("user/a.yaml", "name: a\nv: 1\n")
        self.assertEqual(self.show(self.shadowing(), "a")["v"], 1)

    def test_a_store_that_is_named_twice_is_read_once(self):
        self.write("user/a.yaml", "name: a\n")
        cardfs = self.cardfs(str(self.root / "user"), options=["-o", "nobuiltin"])
        answer = cardfs.run("list")
        self.assertEqual((answer.status, answer.output), (0, "a\n"))

    def test_a_variable_that_names_no_directory_is_warned_of(self):
        self.variables["FAIRSEQ2_USER_ASSET_DIR"] = str(self.root / "nope")
        self.write("home/.config/fairseq2/assets/a.yaml", "name: a\n")
        answer = self.default_stores().run("check")
        self.assertEqual(answer.status, 1)
        self.assertIn(f"{self.root}/nope: warning: ", answer.output)
        self.assertEqual(self.default_stores().run("list").output, "a\n")


class Checks(testing.StoreTest):
    """What `cardfs check` prints, apart from the wording of its messages."""

    def setUp(self):
        super().setUp()
        self.write("one/b.yaml", "name: b\nx: @\n---\nname: c\ny: @\n")
        self.write("one/a.yaml", "name: a\nbase: nope\n")
        self.write("two/d.yaml", "name: d\nother_ref: nope\n")

    def check(self, *arguments):
        return self.cardfs(str(self.root / "one"), str(self.root / "two")).run("check", *arguments)

    def test_problems_are_lines_that_editors_parse_sorted_by_place(self):
        answer = self.check()
        places = [line.split(" ", 1)[0] for line in answer.output.splitlines()]
        relative = [place.removeprefix(f"{self.root}/") for place in places]
        self.assertEqual(relative, ["one/a.yaml:2:7:", "one/b.yaml:2:4:", "one/b.yaml:5:4:", "two/d.yaml:2:12:"])
        severities = [line.split(": ")[1] for line in answer.output.splitlines()]
        self.assertEqual(severities, ["error", "error", "error", "warning"])

    def test_a_count_of_each_kind_closes_the_list(self):
        self.assertEqual(self.check().errors, "3 errors, 1 warning\n")

    def test_nothing_wrong_is_said_and_is_status_0(self):
        self.write("three/a.yaml", "name: a\n")
        answer = self.cardfs(str(self.root / "three")).run("check")
        self.assertEqual((answer.status, answer.output, answer.errors), (0, "", "no problems\n"))

    def test_a_warning_alone_is_status_1(self):
        answer = self.cardfs(str(self.root / "two")).run("check")
        self.assertEqual((answer.status, answer.errors), (1, "1 warning\n"))

    def test_json_has_the_same_problems_and_nothing_else(self):
        lines = self.check().output.splitlines()
        problems = self.check("--json").problems()
        self.assertEqual(len(problems), len(lines))
        for problem, line in zip(problems, lines):
            place = "{file}:{line}:{column}: {severity}: {message}".format(**problem)
            self.assertEqual(place, line)
        self.assertEqual([problem["asset"] for problem in problems], ["a", "", "", "d"])
        self.assertEqual(self.check("--json").errors, "")

    def test_a_store_that_is_named_is_checked_alone_with_the_bases_of_the_others(self):
        self.write("three/e.yaml", "name: e\nbase: a\n---\nname: f\nbase: d\n")
        answer = self.cardfs(str(self.root / "two")).run("check", str(self.root / "three"))
        self.assertEqual(len(answer.output.splitlines()), 1)
        self.assertIn("three/e.yaml:2:7: error: ", answer.output)


if __name__ == "__main__":
    testing.main(__doc__)
