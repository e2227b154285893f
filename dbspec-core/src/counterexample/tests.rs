//! What is found breaks the rule and no other; what isn't has a reason.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::place::Place;
use super::*;
use crate::check::check;
use crate::syntax::parse;

fn kernel(model: &str) -> Arc<Kernel> {
    check(parse(model)).expect("a model")
}

/// Every side of every rule: how many were found, and what wasn't.
fn all(kernel: &Kernel) -> (usize, Vec<String>) {
    let (mut found, mut missed) = (0, Vec::new());
    for (id, rule) in kernel.rules.iter() {
        for (_, of) in kernel.facets_in(rule.facets) {
            let name = format!(
                "{}.{} {:?}",
                kernel.entities[rule.entity].name, rule.name, of.facet
            );
            match find(kernel, id, of.facet) {
                Ok(example) => {
                    found += 1;
                    let mut place = Place::of(kernel, example.rows.clone());
                    let broken: BTreeSet<RuleId> = place.judge(id).into_iter().map(|it| it.rule).collect();
                    let besides = example.besides.iter().copied();
                    assert_eq!(broken, besides.chain([id]).collect(), "{name}");
                    // Judging doesn't change it: what is derived was worked out.
                    assert_eq!(place.rows, example.rows, "{name}");
                }
                Err(
                    NoCounterexample::Change
                    | NoCounterexample::Asking
                    | NoCounterexample::Doing
                    | NoCounterexample::Mistyped,
                ) => {}
                Err(why) => missed.push(format!("{name}: {why}")),
            }
        }
    }
    (found, missed)
}

#[test]
fn the_shop_has_them() {
    let kernel = kernel(include_str!("../../../examples/shop/schema.dbspec"));
    let (found, missed) = all(&kernel);
    assert!(found > 60, "{found} {missed:#?}");
    expect_test::expect![[r"
        Customer.tax_id.secret Holds: none was found in 13 steps: whatever broke it broke another rule too
        Customer.address.street.size Holds: none was found in 41 steps: whatever broke it broke another rule too
        Customer.address.city.size Holds: none was found in 365 steps: whatever broke it broke another rule too
        Customer.address.country.size Holds: none was found in 611 steps: whatever broke it broke another rule too
        Customer.order_count.required Holds: none was found in 15 steps: whatever broke it broke another rule too
        Order.key Holds: none was found in 76 steps: whatever broke it broke another rule too
        Order.id.required Holds: none was found in 312 steps: whatever broke it broke another rule too
        Order.Customer.orders.bounds AtMost: it takes 10001 rows to show it, and at most 120 are looked at
        Order.total.required Holds: none was found in 35 steps: whatever broke it broke another rule too
        Order.total.Money Holds: none was found in 35 steps: whatever broke it broke another rule too
        OrderLine.unit_price.Money Holds: none was found in 145 steps: whatever broke it broke another rule too
        Product.key Holds: none was found in 44 steps: whatever broke it broke another rule too
        Delivery.key Holds: none was found in 65 steps: whatever broke it broke another rule too
        PaymentMethod.number.secret Holds: none was found in 116 steps: whatever broke it broke another rule too
        Wishlist.Customer.wishes.bounds AtMost: it takes 501 rows to show it, and at most 120 are looked at"]].assert_eq(&missed.join("\n"));
}

#[test]
fn one_row_is_enough_where_it_is() {
    let kernel = kernel(
        "model m
         entity A { id: int32 @key  a: int32 0..9  b: int32?  check less: b < a }
         entity B { id: int32 @key  a: -> A  name: string(3) @unique }",
    );
    let rows = |name: &str, facet: Facet| {
        let found = kernel
            .rules
            .iter()
            .find(|(_, it)| *it.name == *name)
            .expect("a rule");
        find(&kernel, found.0, facet).map(|it| it.rows.len())
    };
    assert_eq!(rows("less", Facet::Holds), Ok(1));
    assert_eq!(rows("a.bounds", Facet::Holds), Ok(1));
    assert_eq!(rows("name.unique", Facet::Holds), Ok(3));
    let reference = kernel
        .rules
        .iter()
        .find(|(_, it)| matches!(it.kind, RuleKind::Reference { .. }));
    let name = reference.expect("a reference").1.name.to_string();
    assert_eq!(rows(&name, Facet::Exists), Ok(1));
    assert_eq!(rows(&name, Facet::Action), Err(NoCounterexample::Change));
    let (found, missed) = all(&kernel);
    assert!(found > 10 && missed.is_empty(), "{found} {missed:#?}");
    assert_eq!(all(&kernel), (found, missed));
}
