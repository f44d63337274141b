//! JSON in which no name stands twice in an object: which of the two counts is nobody's to guess (RFC 8259, section 4;
//! `OData`'s readers refuse it).
//!
//! It knows no member by name.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A value, all of whose objects have each name once.
pub(super) struct Single(pub(super) Value);

impl<'de> Deserialize<'de> for Single {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Single(value)) = items.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Single(value))) = members.next_entry::<String, Single>()? {
            if object.contains_key(&name) {
                return Err(Error::custom(format_args!("the property '{name}' stands twice")));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_name_that_stands_twice_is_refused_at_every_depth() {
        for text in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":null,"c":2,"a":[]}}]"#, r#"{"a":1,"\u0061":1}"#] {
            assert!(serde_json::from_str::<Single>(text).is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn all_else_is_read_as_it_is(text in ".*", number: i64, float: f64, truth: bool) {
            let value = json!({ "a": [text, number, { "a": float, "b": null }], "b": truth, "c": { "a": [] } });
            let Ok(Single(read)) = serde_json::from_str(&value.to_string()) else { panic!("{value}") };
            proptest::prop_assert_eq!(&read, &serde_json::from_str::<Value>(&value.to_string()).expect("JSON"));
        }
    }
}
