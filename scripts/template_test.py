"""What has to hold of template.yaml and no linter sees: how its numbers, and those of the code, fit
together; and what an emulated AWS drops without a word, so that no deployment there would miss it.

    .tools/sam/bin/python scripts/template_test.py
"""

import json
import math
import re
import unittest
from pathlib import Path

import tomlkit
from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
RESOURCES = TEMPLATE["Resources"]
FUNCTIONS = (
    "ApiFunction",
    "PreviewFunction",
    "WorkerFunction",
    "ReaperFunction",
    "NotifierFunction",
)
DEAD_LETTERS = {"Queue": "DeadLetterQueue", "WebhookQueue": "WebhookDeadLetterQueue"}
DAY_S = 24 * 60 * 60
NOTHING = {"Ref": "AWS::NoValue"}

LIMITS = "shared/job/src/limits.rs"
TABLE = "shared/store/src/provision.rs"


def properties(name):
    return RESOURCES[name]["Properties"]


def of_type(kind):
    return {name: each["Properties"] for name, each in RESOURCES.items() if each["Type"] == kind}


def source(path):
    return (ROOT / path).read_text(encoding="utf-8")


def constant(path, name):
    """The value of a constant in Rust source: a number, a text, or a duration in seconds."""
    found = re.search(rf"\bconst {name}: [^=]+= ([^;]+);", source(path))
    assert found, f"{path} has no constant {name}"
    value = found[1]
    if re.fullmatch(r"[\d_]+", value):
        return int(value)
    if text := re.fullmatch(r'"(.*)"', value):
        return text[1]
    if duration := re.fullmatch(r"Duration::from_(secs|mins|hours)\(([\d *]+)\)", value):
        unit = {"secs": 1, "mins": 60, "hours": 60 * 60}[duration[1]]
        return unit * math.prod(int(factor) for factor in duration[2].split("*"))
    raise AssertionError(f"{path}: no known form: {name} = {value}")


def filled(value, known):
    """What CloudFormation makes of a Ref, a Sub, a Join or a Split."""
    if isinstance(value, str):
        return value
    [(function, given)] = value.items()
    if function == "Ref":
        return known[given]
    if function == "Fn::Join":
        between, parts = (filled(each, known) for each in given)
        return between.join(parts)
    if function == "Fn::Split":
        return filled(given[1], known).split(given[0])
    assert function == "Fn::Sub", function
    text, more = (given, {}) if isinstance(given, str) else given
    known = known | {name: filled(each, known) for name, each in more.items()}
    return re.sub(r"\$\{([^}]+)\}", lambda found: known[found[1]], text)


class Queues(unittest.TestCase):
    def test_a_message_stays_hidden_for_six_times_as_long_as_its_function_may_run(self):
        for mapping in of_type("AWS::Lambda::EventSourceMapping").values():
            queue = properties(mapping["EventSourceArn"]["Fn::GetAtt"][0])
            function = properties(mapping["FunctionName"]["Ref"])
            self.assertGreaterEqual(queue["VisibilityTimeout"], 6 * function["Timeout"])

    def test_a_message_is_received_more_often_than_a_job_is_attempted(self):
        receives = properties("Queue")["RedrivePolicy"]["maxReceiveCount"]
        self.assertGreater(receives, constant(LIMITS, "MAX_ATTEMPTS"))

    def test_dead_letters_are_kept_for_longer_than_messages(self):
        # The clock of a dead letter runs from when it was first sent.
        for name, letters_name in DEAD_LETTERS.items():
            queue, letters = properties(name), properties(letters_name)
            self.assertGreaterEqual(
                letters["MessageRetentionPeriod"], queue["MessageRetentionPeriod"] + 7 * DAY_S
            )

    def test_an_unfinished_job_is_kept_for_longer_than_its_message_can_live(self):
        letters = properties("DeadLetterQueue")["MessageRetentionPeriod"]
        queue = properties("Queue")["MessageRetentionPeriod"]
        self.assertGreater(constant(LIMITS, "KEEP_UNFINISHED"), queue + letters)

    def test_only_its_own_queue_may_send_to_the_dead_letters(self):
        for name, letters in DEAD_LETTERS.items():
            target = properties(name)["RedrivePolicy"]["deadLetterTargetArn"]
            self.assertEqual(target, {"Fn::GetAtt": [letters, "Arn"]})
            allowed = properties(letters)["RedriveAllowPolicy"]
            self.assertEqual(allowed["redrivePermission"], "byQueue")
            [arn] = allowed["sourceQueueArns"]
            queue_name = properties(name)["QueueName"]["Fn::Sub"]
            self.assertTrue(arn["Fn::Sub"].endswith(f":{queue_name}"))

    def test_queues_are_encrypted_and_take_nothing_in_the_clear(self):
        for name, queue in of_type("AWS::SQS::Queue").items():
            self.assertIs(queue["SqsManagedSseEnabled"], True, name)
            self.assertTrue(refuses_the_clear("AWS::SQS::QueuePolicy", "Queues", [{"Ref": name}]))


class Mappings(unittest.TestCase):
    def test_each_asks_for_partial_answers_and_limits_its_function(self):
        mappings = of_type("AWS::Lambda::EventSourceMapping")
        self.assertEqual(set(mappings), {"WorkerMapping", "ReaperMapping", "NotifierMapping"})
        for name, mapping in mappings.items():
            self.assertEqual(mapping["FunctionResponseTypes"], ["ReportBatchItemFailures"], name)
            self.assertTrue(mapping["ScalingConfig"]["MaximumConcurrency"], name)

    def test_none_waits_to_fill_its_batch(self):
        for mapping in of_type("AWS::Lambda::EventSourceMapping").values():
            self.assertNotIn("MaximumBatchingWindowInSeconds", mapping)

    def test_messages_that_only_wait_are_left_in_the_queue(self):
        # What it means for tenants is played in fairness_test.py.
        size = properties("WorkerMapping")["BatchSize"]
        self.assertEqual(size, {"Ref": "WorkerBatch"})
        self.assertEqual(TEMPLATE["Parameters"]["WorkerBatch"]["Default"], 1)


class Functions(unittest.TestCase):
    def test_the_worker_has_time_for_the_longest_extraction_and_to_store_its_result(self):
        worker = properties("WorkerFunction")
        self.assertGreaterEqual(worker["Timeout"], constant(LIMITS, "EXTRACT_TIME") + 30)

    def test_the_worker_has_room_for_the_longest_document_and_its_archive_on_each_core(self):
        [longest] = re.findall(r"max_document_bytes: ([\d_]+),", source("shared/plan/src/limits.rs"))
        room = properties("WorkerFunction")["EphemeralStorage"]["Size"] << 20
        most_cores = 6
        self.assertGreater(room, most_cores * 2 * int(longest))

    def test_the_notifier_has_time_for_the_slowest_receiver_and_to_note_how_it_went(self):
        notifier = properties("NotifierFunction")
        self.assertGreaterEqual(notifier["Timeout"], constant(LIMITS, "WEBHOOK_TIME") + 30)

    def test_the_api_ends_before_the_gateway_stops_waiting(self):
        for integration in of_type("AWS::ApiGatewayV2::Integration").values():
            function = properties(integration["IntegrationUri"]["Fn::GetAtt"][0])
            self.assertLess(function["Timeout"] * 1000, integration["TimeoutInMillis"])

    def test_a_preview_has_time_for_the_longest_extraction_and_to_say_that_it_was_too_long(self):
        longest = constant("functions/api/src/preview.rs", "MAX_TIME")
        grace = 2 + constant("functions/api/src/answer.rs", "TIME_TO_ANSWER")
        self.assertGreater(properties("PreviewFunction")["Timeout"], longest + grace)

    def test_each_is_built_from_the_crate_that_has_its_binary(self):
        for name in FUNCTIONS:
            metadata = RESOURCES[name]["Metadata"]
            self.assertEqual(metadata["BuildMethod"], "rust-cargolambda")
            manifest = ROOT / properties(name)["CodeUri"] / "Cargo.toml"
            crate = tomlkit.parse(manifest.read_text(encoding="utf-8"))["package"]["name"]
            self.assertEqual(metadata["BuildProperties"]["Binary"], crate)

    def test_each_is_told_every_variable_that_it_needs(self):
        common = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
        needed = re.findall(r'required\(\s*"(\w+)"', source("shared/service/src/config.rs"))
        self.assertIn("TABLE_NAME", needed)
        for name in FUNCTIONS:
            own = properties(name).get("Environment", {"Variables": {}})["Variables"]
            knows_of_letters = name in ("ApiFunction", "ReaperFunction")
            letters = set() if knows_of_letters else {"DEAD_LETTER_QUEUE_URL"}
            self.assertEqual(set(needed) - common.keys() - own.keys(), letters, name)

    def test_the_api_is_told_of_the_queues_that_it_tells_of(self):
        watched = re.findall(r'watched\("(\w+)"\)', source("functions/api/src/main.rs"))
        told = properties("ApiFunction")["Environment"]["Variables"]
        queues = {variable: told[variable] for variable in watched}
        self.assertEqual(
            queues,
            {
                "DEAD_LETTER_QUEUE_URL": {"Ref": "DeadLetterQueue"},
                "WEBHOOK_DEAD_LETTER_QUEUE_URL": {"Ref": "WebhookDeadLetterQueue"},
            },
        )
        for name in set(FUNCTIONS) - {"ApiFunction"}:
            own = properties(name).get("Environment", {"Variables": {}})["Variables"]
            self.assertNotIn("WEBHOOK_DEAD_LETTER_QUEUE_URL", own)

    def test_what_the_code_logs_is_not_filtered_a_second_time(self):
        logging = TEMPLATE["Globals"]["Function"]["LoggingConfig"]
        self.assertEqual((logging["LogFormat"], logging["ApplicationLogLevel"]), ("JSON", "TRACE"))

    def test_each_logs_to_a_group_of_its_own_which_forgets(self):
        groups = of_type("AWS::Logs::LogGroup")
        for group in groups.values():
            self.assertEqual(group["RetentionInDays"], {"Ref": "LogRetentionDays"})
        used = [properties(name)["LoggingConfig"]["LogGroup"]["Ref"] for name in FUNCTIONS]
        self.assertEqual(used, [f"{name}LogGroup" for name in FUNCTIONS])
        self.assertEqual(set(groups), {*used, "HttpApiLogGroup"})


class Roles(unittest.TestCase):
    # Actions for which AWS has no smaller resource than all; Lambda does them.
    WHOLE = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
    # What else Lambda does in the function's name.
    BY_LAMBDA = {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    }
    # Who has to do with documents that clients put into the bucket themselves.
    UPLOADS = ("ApiFunction", "WorkerFunction")
    # What the partitions of the table begin with that each has to do with.
    PARTITIONS = {
        "ApiFunction": {"T#*", "H#*", "K#*", "D"},
        "PreviewFunction": {"K#*"},
        "WorkerFunction": {"T#*"},
        "ReaperFunction": {"T#*", "D"},
        "NotifierFunction": {"T#*", "H#*"},
    }
    # What may be done with the buckets of others that are named.
    SOURCES = {"SourceObjects": "s3:GetObject", "SourceLists": "s3:ListBucket"}
    # Actions of IAM's that are not called as the operation is.
    CALLED = {"s3:ListBucket": "list_objects_v2", "s3:ListMultipartUploadParts": "list_parts"}

    @staticmethod
    def statements(function):
        role = properties(properties(function)["Role"]["Fn::GetAtt"][0])
        for policy in role["Policies"]:
            optional = policy.get("Fn::If")
            yield from (optional[1] if optional else policy)["PolicyDocument"]["Statement"]

    def all_statements(self):
        return [(name, each) for name in FUNCTIONS for each in self.statements(name)]

    def test_each_function_has_a_role_of_its_own(self):
        roles = [properties(name)["Role"]["Fn::GetAtt"][0] for name in FUNCTIONS]
        self.assertEqual(roles, [f"{name}Role" for name in FUNCTIONS])
        self.assertEqual(set(roles), set(of_type("AWS::IAM::Role")))
        for name in FUNCTIONS:
            self.assertNotIn("Policies", properties(name), "SAM's own policies are too wide")
        for role in of_type("AWS::IAM::Role").values():
            self.assertNotIn("ManagedPolicyArns", role)

    def test_none_may_do_all_of_anything(self):
        for name, statement in self.all_statements():
            for action in as_list(statement["Action"]):
                self.assertNotIn("*", action, name)
            if "*" in as_list(statement["Resource"]):
                self.assertLessEqual(set(as_list(statement["Action"])), self.WHOLE)

    def test_none_may_do_what_the_code_never_does(self):
        sources = (ROOT / "shared/store/src").rglob("*.rs")
        code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
        for name, statement in self.all_statements():
            for action in set(as_list(statement["Action"])) - self.BY_LAMBDA - self.WHOLE:
                operation = re.sub(r"(?<!^)(?=[A-Z])", "_", action.partition(":")[2]).lower()
                self.assertIn(f".{self.CALLED.get(action, operation)}", code, f"{name}: {action}")

    def test_none_may_read_the_whole_table(self):
        for name, statement in self.all_statements():
            self.assertNotIn("dynamodb:Scan", as_list(statement["Action"]), name)

    def test_each_reaches_only_the_keys_that_it_has_to(self):
        keys = source("shared/store/src/keys.rs")
        self.assertIn('format!("T#{tenant}', keys)
        self.assertIn('format!("jobs/{', keys)
        self.assertIn('format!("uploads/{', keys)
        self.assertIn('format!("H#{', keys)
        self.assertIn('format!("K#{', keys)
        for name, statement in self.all_statements():
            service = as_list(statement["Action"])[0].partition(":")[0]
            condition = statement.get("Condition")
            if service == "dynamodb":
                # For all of them, or an operation on several items would be let through.
                [(operator, keys)] = [it for it in condition.items() if "dynamodb:LeadingKeys" in it[1]]
                self.assertTrue(operator.startswith("ForAllValues:"), name)
                self.assertIn(keys["dynamodb:LeadingKeys"], self.PARTITIONS[name])
            elif statement["Sid"] in self.SOURCES:
                self.assertEqual(name, "WorkerFunction")
            elif "s3:ListBucket" in as_list(statement["Action"]):
                self.assertEqual(condition, {"StringLike": {"s3:prefix": "jobs/*"}}, name)
            elif service == "s3":
                reached = statement["Resource"]["Fn::Sub"]
                uploads = ["${Bucket.Arn}/uploads/*"] if name in self.UPLOADS else []
                self.assertIn(reached, ["${Bucket.Arn}/jobs/*", *uploads], name)

    def test_the_worker_may_read_the_buckets_that_are_named_and_no_other(self):
        role = properties("WorkerFunctionRole")
        [policy] = [it["Fn::If"] for it in role["Policies"] if "HasSourceBuckets" in it.get("Fn::If", [])]
        named = {}
        buckets = ["arn:aws:s3:::one", "arn:aws:s3:::two"]
        for statement in policy[1]["PolicyDocument"]["Statement"]:
            named[statement["Sid"]] = statement["Action"]
            reached = filled(statement["Resource"], {"SourceBuckets": buckets})
            end = "/*" if statement["Action"] == "s3:GetObject" else ""
            self.assertEqual(reached, [f"{bucket}{end}" for bucket in buckets])
        self.assertEqual(named, self.SOURCES)
        self.assertEqual(policy[2], NOTHING)
        variables = properties("WorkerFunction")["Environment"]["Variables"]
        self.assertEqual(variables["SOURCE_BUCKETS"], {"Fn::Join": [",", {"Ref": "SourceBuckets"}]})

    def test_no_function_is_let_fetch_from_private_addresses(self):
        self.assertNotIn("FETCH_ALLOW:", source("template.yaml"))
        variables = properties("WorkerFunction")["Environment"]["Variables"]
        for variable, parameter in {"FETCH": "Fetch", "FETCH_ROBOTS": "FetchRobots"}.items():
            self.assertEqual(variables[variable], {"Ref": parameter})
            self.assertEqual(TEMPLATE["Parameters"][parameter]["Default"], "on")
            self.assertIn(f'"{variable}"', source("shared/fetch/src/policy.rs"))

    def test_the_api_counts_the_messages_of_all_queues(self):
        counted = [
            queue["Fn::GetAtt"][0]
            for statement in self.statements("ApiFunction")
            if "sqs:GetQueueAttributes" in as_list(statement["Action"])
            for queue in as_list(statement["Resource"])
        ]
        self.assertEqual(sorted(counted), sorted(of_type("AWS::SQS::Queue")))

    def test_each_sends_and_receives_only_what_it_has_to(self):
        # Who ends jobs has their ends told.
        notices = ("sqs:SendMessage", "WebhookQueue")
        queues = {
            name: {
                (action, statement["Resource"]["Fn::GetAtt"][0])
                for statement in self.statements(name)
                for action in as_list(statement["Action"])
                if action in ("sqs:SendMessage", "sqs:ReceiveMessage")
            }
            for name in FUNCTIONS
        }
        self.assertEqual(
            queues,
            {
                "ApiFunction": {("sqs:SendMessage", "Queue"), notices},
                "PreviewFunction": set(),
                "WorkerFunction": {
                    ("sqs:SendMessage", "Queue"),
                    ("sqs:ReceiveMessage", "Queue"),
                    notices,
                },
                "ReaperFunction": {("sqs:ReceiveMessage", "DeadLetterQueue"), notices},
                "NotifierFunction": {("sqs:ReceiveMessage", "WebhookQueue")},
            },
        )

    def test_previews_can_do_nothing_but_log_and_ask_who_calls(self):
        statements = list(self.statements("PreviewFunction"))
        actions = {action for it in statements for action in as_list(it["Action"])}
        others = {action for action in actions if not action.startswith(("logs:", "xray:"))}
        self.assertEqual(others, {"dynamodb:GetItem", "dynamodb:UpdateItem"})
        # Of a key they change the day on which it was used: not what it permits.
        [update] = [it for it in statements if it["Action"] == "dynamodb:UpdateItem"]
        changed = update["Condition"]["ForAllValues:StringEquals"]["dynamodb:Attributes"]
        self.assertEqual(changed, ["pk", "sk", "use"])
        self.assertIn('rename = "use"', source("shared/store/src/api_keys.rs"))

    def test_only_this_api_may_call_its_functions(self):
        permissions = of_type("AWS::Lambda::Permission")
        called = [permission["FunctionName"]["Ref"] for permission in permissions.values()]
        self.assertEqual(sorted(called), ["ApiFunction", "ApiFunction", "PreviewFunction"])
        for permission in permissions.values():
            self.assertIn(":${HttpApi}/", permission["SourceArn"]["Fn::Sub"])
            self.assertEqual(permission["Principal"], "apigateway.amazonaws.com")


class Data(unittest.TestCase):
    def test_the_table_forgets_by_the_attribute_that_the_code_writes(self):
        self.assertEqual(
            properties("Table")["TimeToLiveSpecification"],
            {"AttributeName": constant(TABLE, "TTL_ATTRIBUTE"), "Enabled": True},
        )

    def test_the_table_can_be_restored_and_is_encrypted(self):
        table = properties("Table")
        self.assertEqual(
            table["PointInTimeRecoverySpecification"], {"PointInTimeRecoveryEnabled": True}
        )
        self.assertEqual(table["SSESpecification"], {"SSEEnabled": True})
        self.assertEqual(table["BillingMode"], "PAY_PER_REQUEST")

    def test_objects_are_kept_as_long_as_the_longest_job(self):
        rules = properties("Bucket")["LifecycleConfiguration"]["Rules"]
        self.assertTrue(all(rule["Status"] == "Enabled" for rule in rules))
        expiry, uploads = [rule for rule in rules if "ExpirationInDays" in rule]
        self.assertFalse({"Prefix", "TagFilters"} & expiry.keys(), "all objects expire")
        kept_days = constant(LIMITS, "KEEP_UNFINISHED") / DAY_S
        self.assertTrue(kept_days <= expiry["ExpirationInDays"] <= kept_days + 1)
        # A job that was started from an upload at the last moment has a day more to read it.
        self.assertEqual(uploads["Prefix"], "uploads/")
        kept_days = constant(LIMITS, "KEEP_UPLOAD") / DAY_S
        self.assertEqual(uploads["ExpirationInDays"], kept_days + 1)
        [abort] = [rule for rule in rules if "AbortIncompleteMultipartUpload" in rule]
        self.assertEqual(abort["AbortIncompleteMultipartUpload"], {"DaysAfterInitiation": 1})

    def test_the_bucket_is_private_and_takes_nothing_in_the_clear(self):
        bucket = properties("Bucket")
        self.assertEqual(
            bucket["PublicAccessBlockConfiguration"],
            {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
        )
        [ownership] = bucket["OwnershipControls"]["Rules"]
        self.assertEqual(ownership, {"ObjectOwnership": "BucketOwnerEnforced"})
        [encryption] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        self.assertEqual(encryption["ServerSideEncryptionByDefault"], {"SSEAlgorithm": "AES256"})
        self.assertTrue(refuses_the_clear("AWS::S3::BucketPolicy", "Bucket", {"Ref": "Bucket"}))

    def test_the_console_and_pages_of_the_origins_that_are_given_may_follow_links_and_no_other(self):
        own, others = properties("Bucket")["CorsConfiguration"]["CorsRules"]
        condition, others, otherwise = others["Fn::If"]
        self.assertEqual((condition, otherwise), ("TakesUploads", NOTHING))
        self.assertEqual(own.pop("AllowedOrigins"), [TEMPLATE["Outputs"]["ApiUrl"]["Value"]])
        self.assertEqual(others.pop("AllowedOrigins"), {"Ref": "UploadOrigins"})
        self.assertEqual(own, others)
        self.assertEqual(own["AllowedMethods"], ["GET", "PUT"], "what links are signed for")
        self.assertEqual(TEMPLATE["Parameters"]["UploadOrigins"]["Default"], "")

    def test_data_is_not_deleted_by_accident(self):
        protected = {"Fn::If": ["IsProtected", True, False]}
        self.assertEqual(properties("Table")["DeletionProtectionEnabled"], protected)
        self.assertEqual(TEMPLATE["Parameters"]["DeletionProtection"]["Default"], "true")
        for name in ("Table", "Bucket", *DEAD_LETTERS, *DEAD_LETTERS.values()):
            # Of an unprotected stack nothing stays; what an update would replace stays in any case.
            policies = RESOURCES[name]["DeletionPolicy"], RESOURCES[name]["UpdateReplacePolicy"]
            self.assertEqual(policies, ("Delete", "Retain"), name)
        # A table that refuses to be deleted keeps what it depends on.
        self.assertEqual(RESOURCES["Table"]["DependsOn"], "Queue")


class Api(unittest.TestCase):
    def test_requests_are_throttled(self):
        settings = properties("HttpApiStage")["DefaultRouteSettings"]
        self.assertEqual(settings["ThrottlingRateLimit"], {"Ref": "ThrottleRate"})
        self.assertEqual(settings["ThrottlingBurstLimit"], {"Ref": "ThrottleBurst"})
        for name in ("ThrottleRate", "ThrottleBurst"):
            self.assertGreater(TEMPLATE["Parameters"][name]["Default"], 0)

    def test_paths_reach_the_function_as_they_are(self):
        # A stage with a name would stand in front of them.
        self.assertEqual(properties("HttpApiStage")["StageName"], "$default")
        self.assertEqual(properties("HttpApiRoute")["RouteKey"], "$default")
        for integration in of_type("AWS::ApiGatewayV2::Integration").values():
            self.assertEqual(integration["PayloadFormatVersion"], "2.0")

    def test_previews_have_a_function_of_their_own_in_both_spellings_of_their_path(self):
        description = json.loads(source("openapi/openapi.json"))
        [path] = [path for path in description["paths"] if path.endswith("/preview/")]
        routes = of_type("AWS::ApiGatewayV2::Route").values()
        keys = {
            route["RouteKey"] for route in routes if "Preview" in route["Target"]["Fn::Sub"]
        }
        self.assertEqual(keys, {f"POST {path}", f"POST {path.rstrip('/')}"})
        permitted = properties("PreviewPermission")["SourceArn"]["Fn::Sub"]
        self.assertTrue(permitted.endswith(f"{path.rstrip('/')}*"), permitted)

    def test_access_is_logged_as_json_without_what_clients_put_into_queries_and_headers(self):
        line = properties("HttpApiStage")["AccessLogSettings"]["Format"]
        self.assertTrue(json.loads(line))
        variables = set(re.findall(r"\$context\.([\w.]+)", line))
        self.assertFalse({"queryString", "identity.userAgent", "domainName"} & variables)

    def test_nobody_may_use_it_without_a_key_unless_asked_for(self):
        defaults = {name: each.get("Default") for name, each in TEMPLATE["Parameters"].items()}
        self.assertEqual(defaults["AuthMode"], "keys")
        self.assertEqual(defaults["OpenAccess"], "false")
        meant = TEMPLATE["Rules"]["OpenIsMeant"]
        self.assertEqual(meant["RuleCondition"], {"Fn::Equals": [{"Ref": "AuthMode"}, "open"]})
        words = [{"Fn::Equals": [{"Ref": name}, "true"]} for name in ("OpenAccess", "SignedRequests")]
        self.assertEqual([each["Assert"] for each in meant["Assertions"]], [{"Fn::Or": words}])

    def test_a_token_has_an_issuer_and_an_audience(self):
        rule = TEMPLATE["Rules"]["TokensHaveAnIssuerAndAnAudience"]
        self.assertEqual(rule["RuleCondition"], {"Fn::Equals": [{"Ref": "AuthMode"}, "keys+jwt"]})
        asserted = [each["Assert"] for each in rule["Assertions"]]
        for name in ("JwtIssuer", "JwtAudience"):
            self.assertIn({"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]}, asserted)

    def test_both_functions_that_answer_know_callers_in_the_same_way(self):
        def told(function):
            variables = properties(function)["Environment"]["Variables"]
            return {
                name: value
                for name, value in variables.items()
                if name.startswith("JWT_") or name == "AUTH_MODE"
            }

        self.assertEqual(told("ApiFunction"), told("PreviewFunction"))
        self.assertEqual(told("ApiFunction")["AUTH_MODE"], {"Ref": "AuthMode"})
        self.assertEqual(told("ApiFunction")["JWT_ISSUER"], {"Ref": "JwtIssuer"})
        self.assertEqual(len(told("ApiFunction")), 10)

    def test_each_quota_has_a_default_and_reaches_whoever_holds_callers_to_it(self):
        quotas = {
            "QUOTA_REQUESTS_PER_SECOND": "QuotaRequestsPerSecond",
            "QUOTA_JOBS_IN_FLIGHT": "QuotaJobsInFlight",
            "QUOTA_BYTES_PER_DAY": "QuotaBytesPerDay",
            "QUOTA_PAGES_PER_DAY": "QuotaPagesPerDay",
        }
        known = source("functions/api/src/quota/settings.rs")
        told = properties("ApiFunction")["Environment"]["Variables"]
        for variable, name in quotas.items():
            self.assertIn(f'"{variable}"', known)
            self.assertEqual(told[variable], {"Ref": name})
            parameter = TEMPLATE["Parameters"][name]
            for value in (parameter["Default"], "unlimited"):
                self.assertRegex(value, f"^({parameter['AllowedPattern']})$")
        # It starts no jobs, and may not read what is used.
        previews = properties("PreviewFunction")["Environment"]["Variables"]
        [only] = [name for name in previews if name.startswith("QUOTA_")]
        self.assertEqual(previews[only], {"Ref": "QuotaRequestsPerSecond"})

    def test_signatures_are_asked_for_where_they_are_wanted(self):
        asked_for = {"Fn::If": ["AsksForSignatures", "AWS_IAM", "NONE"]}
        routes = of_type("AWS::ApiGatewayV2::Route")
        del routes["PreflightRoute"]
        for name, route in routes.items():
            self.assertEqual(route["AuthorizationType"], asked_for, name)
        condition = TEMPLATE["Conditions"]["AsksForSignatures"]
        self.assertEqual(condition, {"Fn::Equals": [{"Ref": "SignedRequests"}, "true"]})

    def test_no_page_of_others_is_let_in_unless_its_origin_is_named(self):
        origins = TEMPLATE["Parameters"]["CorsOrigins"]
        self.assertEqual(origins["Default"], "")
        for right in ("", "*", "https://a.example", "http://localhost:3000,https://b.a.example"):
            self.assertRegex(right, f"^({origins['AllowedPattern']})$")
        for wrong in ("a.example", "https://a.example/", "*,https://a.example", "https://A.example", "https://*.example"):
            self.assertNotRegex(wrong, f"^({origins['AllowedPattern']})$")
        self.assertIn('"CORS_ORIGINS"', source("functions/api/src/cors.rs"))
        for function in ("ApiFunction", "PreviewFunction"):
            variables = properties(function)["Environment"]["Variables"]
            self.assertEqual(variables["CORS_ORIGINS"], {"Ref": "CorsOrigins"})
        # Two that answer browsers would contradict each other.
        self.assertNotIn("CorsConfiguration", properties("HttpApi"))

    def test_a_browser_that_cannot_sign_may_ask_what_a_page_may_do_and_nothing_else(self):
        route = properties("PreflightRoute")
        self.assertEqual(route["RouteKey"], "OPTIONS /{proxy+}")
        self.assertEqual(route["AuthorizationType"], "NONE")
        self.assertEqual(route["Target"], properties("HttpApiRoute")["Target"])
        permitted = properties("PreflightPermission")["SourceArn"]["Fn::Sub"]
        self.assertTrue(permitted.endswith("${HttpApi}/*/OPTIONS/*"), permitted)
        for name in ("PreflightRoute", "PreflightPermission"):
            self.assertEqual(RESOURCES[name]["Condition"], "LetsPagesAsk")
        signed, origins = TEMPLATE["Conditions"]["LetsPagesAsk"]["Fn::And"]
        self.assertEqual(signed, {"Condition": "AsksForSignatures"})
        self.assertEqual(origins, {"Fn::Not": [{"Fn::Equals": [{"Ref": "CorsOrigins"}, ""]}]})


class Watching(unittest.TestCase):
    ALARMS = of_type("AWS::CloudWatch::Alarm")

    def test_every_alarm_says_what_to_do_and_tells_the_topic_if_there_is_one(self):
        topic = {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopicArn"}], NOTHING]}
        for name, alarm in self.ALARMS.items():
            self.assertGreater(len(alarm["AlarmDescription"].split()), 12, name)
            self.assertEqual(alarm["AlarmActions"], topic, name)
            self.assertEqual(alarm["TreatMissingData"], "notBreaching", name)

    def test_there_is_an_alarm_for_all_that_can_go_wrong(self):
        watched = {
            metric["MetricName"]
            for alarm in self.ALARMS.values()
            for metric in [alarm, *(m["MetricStat"]["Metric"] for m in stats(alarm))]
            if "MetricName" in metric
        }
        self.assertLessEqual(
            {
                "ApproximateNumberOfMessagesVisible",
                "ApproximateAgeOfOldestMessage",
                "NumberOfMessagesReceived",
                "Errors",
                "Throttles",
                "5xx",
                "api_latency",
                "ReadThrottleEvents",
                "WriteThrottleEvents",
                "SystemErrors",
            },
            watched,
        )
        errors = [a for a in self.ALARMS.values() if a.get("MetricName") == "Errors"]
        functions = {alarm["Dimensions"][0]["Value"]["Ref"] for alarm in errors}
        self.assertEqual(functions, set(FUNCTIONS))

    def test_the_alarm_on_the_table_s_errors_watches_every_operation_that_is_permitted(self):
        watched = {
            dimension["Value"]
            for stat in stats(self.ALARMS["TableErrorsAlarm"])
            for dimension in stat["MetricStat"]["Metric"]["Dimensions"]
            if dimension["Name"] == "Operation"
        }
        permitted = {
            action.partition(":")[2]
            for name in FUNCTIONS
            for statement in Roles.statements(name)
            for action in as_list(statement["Action"])
            if action.startswith("dynamodb:")
        }
        self.assertEqual(watched, permitted)

    def test_every_alarm_is_on_the_dashboard(self):
        shown = {
            arn.removeprefix("${").removesuffix(".Arn}")
            for widget in dashboard()
            for arn in widget["properties"].get("alarms", [])
        }
        self.assertEqual(shown, set(self.ALARMS))

    def test_widgets_of_the_dashboard_lie_side_by_side(self):
        taken = set()
        for widget in dashboard():
            left, top = widget["x"], widget["y"]
            self.assertLessEqual(left + widget["width"], 24)
            for x in range(left, left + widget["width"]):
                for y in range(top, top + widget["height"]):
                    self.assertNotIn((x, y), taken, widget["properties"]["title"])
                    taken.add((x, y))

    def test_every_metric_of_ours_that_is_shown_or_watched_is_told_by_the_code(self):
        space = {"Ref": "AWS::StackName"}
        environment = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
        self.assertEqual(environment["METRICS_NAMESPACE"], space)
        shown = {
            metric[1]
            for widget in dashboard()
            for metric in widget["properties"].get("metrics", [])
            if metric[0] == "${AWS::StackName}"
        }
        watched = {
            stat["MetricStat"]["Metric"]["MetricName"]
            for alarm in self.ALARMS.values()
            for stat in stats(alarm)
            if stat["MetricStat"]["Metric"]["Namespace"] == space
        }
        # Their names are listed in the documentation of the code that tells them.
        told = set()
        for line in source("shared/service/src/metrics.rs").splitlines():
            if row := re.match(r"//! \|([^|]*)\|([^|]*)\|", line):
                told |= set(re.findall(r"`(\w+)`", row[1] + row[2]))
        self.assertIn("queue_wait", told)
        self.assertTrue(shown and watched)
        self.assertLessEqual(shown | watched, told)


class Deployment(unittest.TestCase):
    def test_everything_is_tagged(self):
        self.assertTrue(samconfig("deploy")["tags"])

    def test_a_change_anywhere_in_the_code_is_built(self):
        # The cache looks at a function's own folder only.
        self.assertIs(samconfig("build")["cached"], False)

    def test_every_parameter_is_explained_in_its_group(self):
        groups = TEMPLATE["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
        grouped = [name for group in groups for name in group["Parameters"]]
        self.assertEqual(grouped, list(TEMPLATE["Parameters"]))
        for name, parameter in TEMPLATE["Parameters"].items():
            self.assertTrue(parameter["Description"].strip(), name)
            self.assertIn("Default", parameter, f"{name}: `make deploy` asks nothing")
            if "AllowedPattern" in parameter:
                self.assertTrue(re.fullmatch(parameter["AllowedPattern"], parameter["Default"]))


def as_list(value):
    return value if isinstance(value, list) else [value]


def stats(alarm):
    """The metrics that an alarm's expression is made of."""
    return [each for each in alarm.get("Metrics", []) if "MetricStat" in each]


def dashboard():
    return json.loads(properties("Dashboard")["DashboardBody"]["Fn::Sub"])["widgets"]


def refuses_the_clear(kind, member, target):
    """Whether a policy of this kind denies everybody everything on the target without TLS."""
    name = target[0]["Ref"] if isinstance(target, list) else target["Ref"]
    arns = [{"Fn::GetAtt": [name, "Arn"]}]
    if kind == "AWS::S3::BucketPolicy":
        arns.append({"Fn::Sub": f"${{{name}.Arn}}/*"})
    return any(
        policy[member] == target
        and statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement["Action"] in ("s3:*", "sqs:*")
        and as_list(statement["Resource"]) == arns
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for policy in of_type(kind).values()
        for statement in policy["PolicyDocument"]["Statement"]
    )


def samconfig(command):
    return tomlkit.parse(source("samconfig.toml"))["default"][command]["parameters"]


if __name__ == "__main__":
    unittest.main()
