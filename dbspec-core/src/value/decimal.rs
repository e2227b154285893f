//! Exact decimals of up to 38 digits.

/// `mantissa / 10^scale`, with at most 38 digits.
///
/// Two decimals are equal, ordered and hashed by the number they stand for, whatever their scales.
#[derive(Clone, Copy, Debug)]
pub struct Decimal {
    /// The digits.
    pub mantissa: i128,
    /// How many of them stand behind the point.
    pub scale: u8,
}

impl Decimal {
    fn normal(self) -> (i128, u8) {
        let Self { mut mantissa, mut scale } = self;
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        (mantissa, scale)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.normal() == other.normal()
    }
}
impl Eq for Decimal {}
impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let (a, b) = (self.normal(), other.normal());
        // Whole parts first, then the fractions brought to one scale: nothing can overflow.
        let split = |(m, s): (i128, u8)| (m.div_euclid(10i128.pow(u32::from(s))), m.rem_euclid(10i128.pow(u32::from(s))));
        let ((whole_a, part_a), (whole_b, part_b)) = (split(a), split(b));
        let widen = |part: i128, scale: u8| part * 10i128.pow(u32::from(a.1.max(b.1) - scale));
        whole_a.cmp(&whole_b).then_with(|| widen(part_a, a.1).cmp(&widen(part_b, b.1)))
    }
}
impl std::hash::Hash for Decimal {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.normal().hash(state);
    }
}
