#!/usr/bin/env python3
"""What init/ready.d/provision.py makes of a template, without an AWS. Needs boto3 and PyYAML."""

import importlib.util
import os
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import yaml

PLACE = Path(__file__).resolve().parent
SPEC = importlib.util.spec_from_file_location("provision", PLACE / "init/ready.d/provision.py")
provision = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(provision)

TEMPLATE = """
Parameters:
  Size: {Type: Number, Default: 7}
  Nothing: {Type: String, Default: ""}
  Origins: {Type: CommaDelimitedList, Default: "a,b"}
  Open: {Type: String}
Conditions:
  HasNothing: !Equals [!Ref Nothing, ""]
  HasSize: !Not [!Equals [!Ref Size, "0"]]
  Both: !And [!Condition HasNothing, !Condition HasSize]
  Neither: !Not [!Or [!Condition HasNothing, !Condition HasSize]]
Resources:
  Named: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub "${AWS::StackName}-jobs"}}
  DeadLetterQueue: {Type: AWS::SQS::Queue}
  Absent: {Type: AWS::SQS::Queue, Condition: Neither}
  Bucket: {Type: AWS::S3::Bucket, Properties: {AccelerateConfiguration: {}}}
"""


class Template(unittest.TestCase):
    def setUp(self):
        template = yaml.load(TEMPLATE, Loader=provision.TemplateLoader)
        self.stack = provision.Stack(template, "local", SimpleNamespace(region="eu-west-1"))
        self.stack.attributes["Named", ""] = "http://queue"
        self.stack.attributes["Named", "Arn"] = "arn:queue"

    def resolve(self, text):
        value = yaml.load(text, Loader=provision.TemplateLoader)
        return self.stack.resolve(value, "Here")

    def refusal(self, text):
        with self.assertRaises(provision.TemplateError) as refused:
            self.resolve(text)
        return str(refused.exception)

    def test_references_are_resolved_wherever_they_stand(self):
        for text, expected in [
            ("!Ref Size", 7),
            ("!Ref Origins", ["a", "b"]),
            ("!Ref AWS::Region", "eu-west-1"),
            ("!Ref Named", "http://queue"),
            ("!GetAtt Named.Arn", "arn:queue"),
            ("{Fn::GetAtt: [Named, Arn]}", "arn:queue"),
            ("[{a: !Ref Size}, b]", [{"a": 7}, "b"]),
            ("!Join ['-', [x, !Ref Size]]", "x-7"),
            ("!Sub '${Size} ${Named.Arn} ${Named}'", "7 arn:queue http://queue"),
            ("!Sub '${!Literal}'", "${Literal}"),
            ("!Sub ['${Own}/${Size}', {Own: !Ref Size}]", "7/7"),
        ]:
            self.assertEqual(self.resolve(text), expected, text)

    def test_conditions_choose_and_no_value_leaves_nothing(self):
        self.assertEqual(self.resolve("!If [Both, yes it is, no]"), "yes it is")
        self.assertEqual(self.resolve("!If [Neither, 1, !Ref Size]"), 7)
        nothing = "{a: !If [Neither, 1, !Ref AWS::NoValue], b: [!Ref AWS::NoValue, 2]}"
        self.assertEqual(self.resolve(nothing), {"b": [2]})
        self.assertEqual(self.stack.of_type("AWS::SQS::Queue"), ["Named", "DeadLetterQueue"])

    def test_names_are_the_templates_or_are_made_up(self):
        self.assertEqual(self.stack.physical_name("Named"), "local-jobs")
        self.assertEqual(self.stack.physical_name("DeadLetterQueue"), "local-dead-letter-queue")

    def test_what_is_not_known_is_refused_by_name(self):
        self.assertIn("Here: Fn::ImportValue", self.refusal("!ImportValue x"))
        self.assertIn("Elsewhere.Arn", self.refusal("!GetAtt Elsewhere.Arn"))
        self.assertIn("Open", self.refusal("!Ref Open"))
        self.assertIn("Named.Url", self.refusal("!Sub '${Named.Url}'"))
        with self.assertRaisesRegex(provision.TemplateError, "AccelerateConfiguration"):
            self.stack.properties("Bucket", {"CorsConfiguration"})

    def test_a_lifecycle_rule_is_as_the_call_wants_it(self):
        rule = {"Id": "old", "Status": "Enabled", "Prefix": "jobs/", "ExpirationInDays": 30}
        self.assertEqual(
            provision.lifecycle_rule(rule),
            {
                "ID": "old",
                "Status": "Enabled",
                "Filter": {"Prefix": "jobs/"},
                "Expiration": {"Days": 30},
            },
        )

    def test_the_pages_that_are_named_may_follow_links_into_the_bucket(self):
        path = PLACE.parent / "template.yaml"
        template = yaml.load(path.read_text(encoding="utf-8"), Loader=provision.TemplateLoader)
        for named, expected in [("", []), ("http://a:1,http://b", [["http://a:1", "http://b"]])]:
            with mock.patch.dict(os.environ, {"UPLOAD_ORIGINS": named}):
                stack = provision.Stack(template, "local", SimpleNamespace(region="eu-west-1"))
            wanted = stack.properties("Bucket", {"CorsConfiguration", "LifecycleConfiguration"})
            _gateway, *others = wanted["CorsConfiguration"]["CorsRules"]
            self.assertEqual([rule["AllowedOrigins"] for rule in others], expected)

    def test_attributes_of_queues_are_text(self):
        for value, text in [(True, "true"), (30, "30"), ({"a": 1}, '{"a": 1}')]:
            self.assertEqual(provision.as_text(value), text)


if __name__ == "__main__":
    unittest.main()
