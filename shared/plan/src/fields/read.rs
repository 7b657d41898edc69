//! Reading fields as a client wrote them.

use serde_json::{Map, Value};

use super::selector::{header, text};
use super::{
    Content, Each, Field, Fields, Group, JsonLd, Kind, Label, MAX_DEPTH, MAX_FIELDS,
    MAX_NAME_CHARS, MAX_PATTERNS, MAX_SELECTORS, Replace, Rule, Selector, default,
};
use crate::flaw::{Flaws, kind, member};
use crate::near::unknown;
use crate::pattern::Wanted;
use crate::{Css, JsonPath, Locale, Pattern, XPath};

/// The members of an item of a request that has fields.
const ITEM: [&str; 4] = ["fields", "each", "name", "locale"];

/// The members that say where a value is taken from.
const SELECTORS: [&str; 8] = [
    "css", "xpath", "jsonpath", "regex", "column", "label", "meta", "jsonld",
];

/// The members of a field that is a value.
const VALUE: [&str; 17] = [
    "css", "xpath", "jsonpath", "regex", "column", "label", "meta", "jsonld", "any", "type",
    "locale", "required", "default", "many", "trim", "match", "replace",
];

/// The members of a field that is an object, or a list of objects.
const GROUP: [&str; 3] = ["fields", "each", "required"];

/// The members that say what to repeat fields for.
const EACH: [&str; 5] = ["css", "xpath", "jsonpath", "regex", "rows"];

/// The members of a replacement.
const REPLACE: [&str; 2] = ["pattern", "with"];

/// Members that every record has.
const TAKEN: [&str; 3] = ["kind", "problems", "source"];

/// The most replacements of one value.
pub(crate) const MAX_REPLACEMENTS: usize = 10;

/// The longest text that something is replaced by, in bytes.
pub(crate) const MAX_WITH_BYTES: usize = 200;

/// How much of a request has been read, against its limits.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    fields: usize,
    selectors: usize,
    patterns: usize,
}

impl Fields {
    /// Reads an item of a request that has fields.
    pub(crate) fn read(
        item: &Map<String, Value>,
        pointer: &str,
        counts: &mut Counts,
        flaws: &mut Flaws,
    ) -> Option<Self> {
        let mut reader = Reader {
            counts,
            flaws,
            locale: None,
        };
        reader.known(item, &ITEM, pointer);
        reader.locale = reader.locale(item, pointer);
        let name = match item.get("name") {
            None => Some("fields".to_owned()),
            Some(name) => {
                let at = member(pointer, "name");
                reader
                    .string(name, &at)
                    .and_then(|name| reader.name(&name, &at))
            }
        };
        let group = reader.group(item, pointer, Base::Document, 1);
        Some(Self {
            name: name?,
            group: group?,
        })
    }
}

struct Reader<'r> {
    counts: &'r mut Counts,
    flaws: &'r mut Flaws,
    /// That of fields that say none.
    locale: Option<Locale>,
}

/// What the selectors of a group start from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Base {
    Document,
    Element,
    Data,
    Row,
    Text,
}

impl Base {
    /// Why this cannot be found here; none if it can.
    fn refuses(self, selector: &str) -> Option<&'static str> {
        let tree = matches!(selector, "css" | "xpath");
        match self {
            Self::Element if selector == "jsonpath" => {
                Some("an element of HTML or XML holds no JSON")
            }
            Self::Data if tree => Some("a value of JSON holds no elements"),
            Self::Row if tree || matches!(selector, "jsonpath" | "rows") => {
                Some("a row of a table holds cells: `column` leads to them")
            }
            Self::Text if tree || selector == "jsonpath" => {
                Some("what a regular expression matches is text and nothing more")
            }
            _ => None,
        }
    }
}

impl Reader<'_> {
    /// `fields` and `each` of an object.
    fn group(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        base: Base,
        depth: usize,
    ) -> Option<Group> {
        let each = match object.get("each") {
            None => Some(None),
            Some(each) => self.each(each, &member(pointer, "each"), base).map(Some),
        };
        let within = match &each {
            Some(Some(Each::Css(_) | Each::XPath(_))) => Base::Element,
            Some(Some(Each::JsonPath(_))) => Base::Data,
            Some(Some(Each::Regex(_))) => Base::Text,
            Some(Some(Each::Rows(_))) => Base::Row,
            Some(None) | None => base,
        };
        let at = member(pointer, "fields");
        let fields = match object.get("fields") {
            Some(Value::Object(fields)) if fields.is_empty() => {
                self.flaws
                    .add(at, "There is no field in it; name at least one.");
                return None;
            }
            Some(Value::Object(fields)) => fields,
            Some(other) => {
                let found = kind(other);
                let detail = format!("This is {found}; it must be an object of names and fields.");
                self.flaws.add(at, detail);
                return None;
            }
            None => {
                self.flaws.add(
                    pointer,
                    "`fields` is missing: `each` says what they are repeated for.",
                );
                return None;
            }
        };
        let read: Vec<Option<Field>> = fields
            .iter()
            .map(|(name, field)| self.field(name, field, &at, within, depth))
            .collect();
        Some(Group {
            each: each?,
            fields: read.into_iter().collect::<Option<_>>()?,
        })
    }

    fn field(
        &mut self,
        name: &str,
        field: &Value,
        pointer: &str,
        base: Base,
        depth: usize,
    ) -> Option<Field> {
        self.counts.fields += 1;
        if self.counts.fields > MAX_FIELDS {
            if self.counts.fields == MAX_FIELDS + 1 {
                let detail = format!("There are more than {MAX_FIELDS} fields in this request.");
                self.flaws.add(member(pointer, name), detail);
            }
            return None;
        }
        let pointer = member(pointer, name);
        let name = self.name(name, &pointer);
        if depth == 1
            && let Some(taken) = name.as_deref().filter(|name| TAKEN.contains(name))
        {
            let detail =
                format!("Every record has a member `{taken}` already; choose another name.");
            self.flaws.add(&pointer, detail);
        }
        let Value::Object(object) = field else {
            let found = kind(field);
            let detail =
                format!("This is {found}; a field is an object such as {{\"css\": \"h1\"}}.");
            self.flaws.add(pointer, detail);
            return None;
        };
        let is_group = object.contains_key("fields") || object.contains_key("each");
        let required = self.boolean(object, "required", &pointer).unwrap_or(false);
        let content = if is_group {
            self.nested(object, &pointer, base, depth)
                .map(Content::Group)
        } else {
            self.rule(object, &pointer, base, required)
                .map(|rule| Content::Value(Box::new(rule)))
        };
        Some(Field {
            name: name?,
            content: content?,
            required,
        })
    }

    fn nested(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        base: Base,
        depth: usize,
    ) -> Option<Group> {
        for name in object.keys().filter(|name| !GROUP.contains(&name.as_str())) {
            let at = member(pointer, name);
            if VALUE.contains(&name.as_str()) {
                let detail = format!(
                    "A field has either `fields` or a value of its own; `{name}` belongs to a value."
                );
                self.flaws.add(at, detail);
            } else {
                self.flaws.add(at, unknown("This member", name, &GROUP));
            }
        }
        if depth == MAX_DEPTH {
            let detail = format!("Fields stand more than {MAX_DEPTH} levels deep in fields.");
            self.flaws.add(pointer, detail);
            return None;
        }
        if object.contains_key("required") && !object.contains_key("each") {
            let detail = "An object of fields is always there; say `required` of the fields in it.";
            self.flaws.add(member(pointer, "required"), detail);
        }
        self.group(object, pointer, base, depth + 1)
    }

    fn each(&mut self, each: &Value, pointer: &str, base: Base) -> Option<Each> {
        let Value::Object(object) = each else {
            let found = kind(each);
            let detail =
                format!("This is {found}; it must be an object such as {{\"css\": \"li\"}}.");
            self.flaws.add(pointer, detail);
            return None;
        };
        let (name, value) = self.one_of(object, &EACH, &EACH, pointer)?;
        let at = member(pointer, name);
        if name != "rows" {
            self.possible(name, base, &at)?;
        }
        match name {
            "css" => self.texts(value, &at, Css::read).map(Each::Css),
            "xpath" => self.texts(value, &at, XPath::read).map(Each::XPath),
            "jsonpath" => self.texts(value, &at, JsonPath::read).map(Each::JsonPath),
            "regex" => self.patterns(value, &at).map(Each::Regex),
            _ => {
                self.possible(name, base, &at)?;
                match value {
                    Value::Bool(true) => Some(Each::Rows(Vec::new())),
                    Value::String(_) | Value::Array(_) => {
                        self.texts(value, &at, header).map(Each::Rows)
                    }
                    other => {
                        let found = kind(other);
                        let detail = format!(
                            "This is {found}; it must be the header of a column, a list of headers, or true for the rows of any table."
                        );
                        self.flaws.add(at, detail);
                        None
                    }
                }
            }
        }
    }

    fn rule(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        base: Base,
        required: bool,
    ) -> Option<Rule> {
        let selectors = self.selectors(object, pointer, base);
        let value_kind = self.value_kind(object, pointer);
        let many = self.boolean(object, "many", pointer).unwrap_or(false);
        let trim = self.boolean(object, "trim", pointer).unwrap_or(true);
        let locale = self.locale(object, pointer);
        let part = self.part(object, pointer);
        let replace = self.replace(object, pointer);
        if let Some(value_kind) = value_kind {
            let named = selectors.iter().flatten().any(gives_object);
            self.contradictions(object, pointer, value_kind, named, required);
            if let Some(value) = object.get("default").filter(|_| !named)
                && let Err(detail) = default::check(value, value_kind, many)
            {
                self.flaws.add(member(pointer, "default"), detail);
            }
        }
        let kind = value_kind?;
        Some(Rule {
            selectors: selectors?,
            kind,
            locale: locale.or(self.locale),
            default: object.get("default").cloned(),
            many,
            trim,
            part,
            replace: replace?,
        })
    }

    /// What is right for itself and not together.
    fn contradictions(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        value_kind: Kind,
        named: bool,
        required: bool,
    ) {
        if named {
            for name in ["type", "match", "replace", "default"] {
                if object.contains_key(name) {
                    self.flaws.add(
                        member(pointer, name),
                        "A pattern with several named groups gives an object of strings; this goes with a single value.",
                    );
                }
            }
        }
        if required && object.contains_key("default") {
            self.flaws.add(
                member(pointer, "default"),
                "A field that is required has no default: nothing would ever be missing.",
            );
        }
        let name = value_kind.name();
        if object.contains_key("trim") && value_kind != Kind::String {
            self.flaws.add(
                member(pointer, "trim"),
                format!("Only a string can keep its white space; this is of type `{name}`."),
            );
        }
        if object.contains_key("locale") && !value_kind.has_locales() {
            let with: Vec<&str> = Kind::ALL
                .into_iter()
                .filter(|kind| kind.has_locales())
                .map(Kind::name)
                .collect();
            let with = with.join(", ");
            self.flaws.add(
                member(pointer, "locale"),
                format!(
                    "A value of type `{name}` is read alike everywhere; a locale goes with: {with}."
                ),
            );
        }
    }

    fn selectors(
        &mut self,
        object: &Map<String, Value>,
        pointer: &str,
        base: Base,
    ) -> Option<Vec<Selector>> {
        let mut names = SELECTORS.to_vec();
        names.push("any");
        let (name, value) = self.one_of(object, &names, &VALUE, pointer)?;
        let at = member(pointer, name);
        if name != "any" {
            return self.selector(name, value, &at, base);
        }
        let Value::Array(alternatives) = value else {
            let found = kind(value);
            let detail =
                format!("This is {found}; it must be a list of objects with one selector each.");
            self.flaws.add(at, detail);
            return None;
        };
        if alternatives.is_empty() {
            self.flaws
                .add(at, "The list is empty; name at least one selector.");
            return None;
        }
        let read: Vec<_> = alternatives
            .iter()
            .enumerate()
            .map(|(index, alternative)| {
                let at = format!("{at}/{index}");
                let Value::Object(object) = alternative else {
                    let found = kind(alternative);
                    let detail = format!(
                        "This is {found}; it must be an object such as {{\"css\": \"h1\"}}."
                    );
                    self.flaws.add(at, detail);
                    return None;
                };
                let (name, value) = self.one_of(object, &SELECTORS, &SELECTORS, &at)?;
                self.selector(name, value, &member(&at, name), base)
            })
            .collect();
        let read: Option<Vec<Vec<Selector>>> = read.into_iter().collect();
        Some(read?.into_iter().flatten().collect())
    }

    /// One selector, or several of a kind.
    fn selector(
        &mut self,
        name: &'static str,
        value: &Value,
        at: &str,
        base: Base,
    ) -> Option<Vec<Selector>> {
        fn all<T>(read: Option<Vec<T>>, make: fn(T) -> Selector) -> Option<Vec<Selector>> {
            Some(read?.into_iter().map(make).collect())
        }
        self.possible(name, base, at)?;
        match name {
            "css" => all(self.texts(value, at, Css::read), Selector::Css),
            "xpath" => all(self.texts(value, at, XPath::read), Selector::XPath),
            "jsonpath" => all(self.texts(value, at, JsonPath::read), Selector::JsonPath),
            "regex" => all(self.patterns(value, at), Selector::Regex),
            "column" => all(self.texts(value, at, header), Selector::Column),
            "label" => {
                let read = self.texts(value, at, Label::read);
                self.count_patterns(read.as_ref().map_or(0, Vec::len), at);
                all(read, Selector::Label)
            }
            "meta" => all(self.texts(value, at, text), Selector::Meta),
            _ => all(self.texts(value, at, JsonLd::read), Selector::JsonLd),
        }
    }

    /// Whether this can be found here.
    fn possible(&mut self, name: &'static str, base: Base, at: &str) -> Option<()> {
        let Some(why) = base.refuses(name) else {
            return Some(());
        };
        let possible: Vec<&str> = SELECTORS
            .into_iter()
            .filter(|name| base.refuses(name).is_none())
            .collect();
        let possible = possible.join(", ");
        let detail =
            format!("`{name}` leads nowhere here, for {why}. Possible here are: {possible}.");
        self.flaws.add(at, detail);
        None
    }

    fn value_kind(&mut self, object: &Map<String, Value>, pointer: &str) -> Option<Kind> {
        let Some(value) = object.get("type") else {
            return Some(Kind::String);
        };
        let at = member(pointer, "type");
        let name = self.string(value, &at)?;
        let found = Kind::ALL.into_iter().find(|kind| kind.name() == name);
        if found.is_none() {
            let shown: String = name.chars().take(40).collect();
            let detail = unknown(
                &format!("The type `{shown}`"),
                &name,
                &Kind::ALL.map(Kind::name),
            );
            self.flaws.add(at, detail);
        }
        found
    }

    fn locale(&mut self, object: &Map<String, Value>, pointer: &str) -> Option<Locale> {
        let at = member(pointer, "locale");
        let tag = self.string(object.get("locale")?, &at)?;
        let locale = Locale::read(&tag).map_err(|detail| self.flaws.add(at, detail));
        locale.ok()
    }

    fn part(&mut self, object: &Map<String, Value>, pointer: &str) -> Option<Pattern> {
        let at = member(pointer, "match");
        let pattern = self.string(object.get("match")?, &at)?;
        let pattern = self.pattern(&pattern, &at)?;
        if pattern.wanted() == Wanted::Named {
            let detail = "Several groups have names; call the one that counts `value`.";
            self.flaws.add(at, detail);
        }
        Some(pattern)
    }

    fn replace(&mut self, object: &Map<String, Value>, pointer: &str) -> Option<Vec<Replace>> {
        let Some(value) = object.get("replace") else {
            return Some(Vec::new());
        };
        let at = member(pointer, "replace");
        let Value::Array(list) = value else {
            let found = kind(value);
            let detail = format!(
                "This is {found}; it must be a list of objects such as {{\"pattern\": \"o\", \"with\": \"0\"}}."
            );
            self.flaws.add(at, detail);
            return None;
        };
        if list.is_empty() || list.len() > MAX_REPLACEMENTS {
            let count = list.len();
            let detail =
                format!("The list has {count} replacements; a value has 1 to {MAX_REPLACEMENTS}.");
            self.flaws.add(at, detail);
            return None;
        }
        let read: Vec<_> = list
            .iter()
            .enumerate()
            .map(|(index, item)| self.replacement(item, &format!("{at}/{index}")))
            .collect();
        read.into_iter().collect()
    }

    fn replacement(&mut self, item: &Value, pointer: &str) -> Option<Replace> {
        let Value::Object(object) = item else {
            let found = kind(item);
            let detail = format!(
                "This is {found}; it must be an object such as {{\"pattern\": \"o\", \"with\": \"0\"}}."
            );
            self.flaws.add(pointer, detail);
            return None;
        };
        self.known(object, &REPLACE, pointer);
        let mut part = |name: &str| {
            let value = object.get(name);
            if value.is_none() {
                self.flaws.add(pointer, format!("`{name}` is missing."));
            }
            self.string(value?, &member(pointer, name))
        };
        let (pattern, with) = (part("pattern"), part("with"));
        let pattern = self.pattern(&pattern?, &member(pointer, "pattern"));
        let with = with?;
        if with.len() > MAX_WITH_BYTES {
            let bytes = with.len();
            let detail = format!("It has {bytes} bytes; at most {MAX_WITH_BYTES} are accepted.");
            self.flaws.add(member(pointer, "with"), detail);
        }
        Some(Replace {
            pattern: pattern?,
            with,
        })
    }

    fn patterns(&mut self, value: &Value, at: &str) -> Option<Vec<Pattern>> {
        let read = self.texts(value, at, Pattern::read);
        self.count_patterns(read.as_ref().map_or(0, Vec::len), at);
        read
    }

    fn pattern(&mut self, pattern: &str, at: &str) -> Option<Pattern> {
        self.count_patterns(1, at);
        let pattern = Pattern::read(pattern).map_err(|detail| self.flaws.add(at, detail));
        pattern.ok()
    }

    fn count_patterns(&mut self, more: usize, at: &str) {
        let before = self.counts.patterns;
        self.counts.patterns += more;
        if before <= MAX_PATTERNS && self.counts.patterns > MAX_PATTERNS {
            let detail = format!(
                "There are more than {MAX_PATTERNS} regular expressions and labels in this request."
            );
            self.flaws.add(at, detail);
        }
    }

    /// A text, or a list of texts, each read by this.
    fn texts<T>(
        &mut self,
        value: &Value,
        at: &str,
        read: fn(&str) -> Result<T, String>,
    ) -> Option<Vec<T>> {
        let (items, listed) = match value {
            Value::Array(items) if items.is_empty() => {
                self.flaws
                    .add(at, "The list is empty; it must have at least one string.");
                return None;
            }
            Value::Array(items) => (items.as_slice(), true),
            one => (std::slice::from_ref(one), false),
        };
        let mut all = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let at = if listed {
                format!("{at}/{index}")
            } else {
                at.to_owned()
            };
            self.counts.selectors += 1;
            if self.counts.selectors > MAX_SELECTORS {
                if self.counts.selectors == MAX_SELECTORS + 1 {
                    let detail =
                        format!("There are more than {MAX_SELECTORS} selectors in this request.");
                    self.flaws.add(at, detail);
                }
                return None;
            }
            let Value::String(text) = item else {
                let found = kind(item);
                let or_list = if listed { "" } else { ", or a list of strings" };
                self.flaws.add(
                    at,
                    format!("This is {found}; it must be a string{or_list}."),
                );
                continue;
            };
            match read(text) {
                Ok(read) => all.push(read),
                Err(detail) => self.flaws.add(at, detail),
            }
        }
        (all.len() == items.len()).then_some(all)
    }

    /// The one member that is among these, where these members are known.
    fn one_of<'v>(
        &mut self,
        object: &'v Map<String, Value>,
        names: &[&'static str],
        known: &[&str],
        pointer: &str,
    ) -> Option<(&'static str, &'v Value)> {
        let all_known = self.known(object, known, pointer);
        let mut found = object.iter().filter_map(|(name, value)| {
            let name = names.iter().find(|known| *known == name)?;
            Some((*name, value))
        });
        let Some(first) = found.next() else {
            // What is not known may be meant to be it.
            if all_known {
                let names = names.join(", ");
                self.flaws.add(
                    pointer,
                    format!("There is no selector; give one of: {names}."),
                );
            }
            return None;
        };
        let others: Vec<&str> = found.map(|(name, _)| name).collect();
        for name in &others {
            let first = first.0;
            let detail = format!(
                "There is `{first}` already, and only one is looked at. Alternatives are a list: {{\"any\": [{{\"{first}\": …}}, {{\"{name}\": …}}]}}."
            );
            self.flaws.add(member(pointer, name), detail);
        }
        others.is_empty().then_some(first)
    }

    fn name(&mut self, name: &str, at: &str) -> Option<String> {
        let chars = name.chars().count();
        let detail = match chars {
            0 => "The name is empty.".to_owned(),
            1..=MAX_NAME_CHARS if !name.chars().any(char::is_control) => {
                return Some(name.to_owned());
            }
            1..=MAX_NAME_CHARS => "There must be no control characters in a name.".to_owned(),
            _ => format!("The name has {chars} characters; at most {MAX_NAME_CHARS} are accepted."),
        };
        self.flaws.add(at, detail);
        None
    }

    fn string(&mut self, value: &Value, at: &str) -> Option<String> {
        if let Value::String(text) = value {
            return Some(text.clone());
        }
        let found = kind(value);
        self.flaws
            .add(at, format!("This is {found}; it must be a string."));
        None
    }

    fn boolean(&mut self, object: &Map<String, Value>, name: &str, pointer: &str) -> Option<bool> {
        match object.get(name)? {
            Value::Bool(value) => Some(*value),
            other => {
                let found = kind(other);
                let detail = format!("This is {found}; it must be a boolean.");
                self.flaws.add(member(pointer, name), detail);
                None
            }
        }
    }

    /// Whether an object has no other members than these.
    fn known(&mut self, object: &Map<String, Value>, names: &[&str], pointer: &str) -> bool {
        let mut all_known = true;
        for name in object.keys().filter(|name| !names.contains(&name.as_str())) {
            let detail = unknown("This member", name, names);
            self.flaws.add(member(pointer, name), detail);
            all_known = false;
        }
        all_known
    }
}

/// Whether what this selects is an object of named groups.
fn gives_object(selector: &Selector) -> bool {
    matches!(selector, Selector::Regex(pattern) if pattern.wanted() == Wanted::Named)
}
