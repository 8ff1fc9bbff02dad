//! Complex amplitudes.

use std::ops::{Add, Mul, Sub};

/// A complex number: the amplitude and angle of a sine beside a turning reference.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Phasor {
    /// Real part.
    pub re: f64,
    /// Imaginary part.
    pub im: f64,
}

const HALF_ROOT_3: f64 = 0.866_025_403_784_438_6;

/// The phases of a healthy grid in p.u.: L2 follows L1 by a third of a cycle, L3 follows L2.
pub const BALANCED: [Phasor; 3] =
    [Phasor::new(1.0, 0.0), Phasor::new(-0.5, -HALF_ROOT_3), Phasor::new(-0.5, HALF_ROOT_3)];

impl Phasor {
    /// From its parts.
    pub const fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    /// From amplitude and angle in degrees.
    pub fn polar(amplitude: f64, deg: f64) -> Self {
        let (sin, cos) = deg.to_radians().sin_cos();
        Self { re: amplitude * cos, im: amplitude * sin }
    }

    /// Amplitude.
    pub fn amplitude(self) -> f64 {
        self.re.hypot(self.im)
    }

    /// Angle in degrees.
    pub fn deg(self) -> f64 {
        self.im.atan2(self.re).to_degrees()
    }

    /// Square of the amplitude.
    pub(super) fn square(self) -> f64 {
        self.re * self.re + self.im * self.im
    }

    /// With the opposite angle.
    pub(super) const fn conjugate(self) -> Self {
        Self { re: self.re, im: -self.im }
    }

    pub(super) fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }

    /// Brought back to amplitude 1, if it is near it: one step of Newton's method for `1 / sqrt`.
    pub(super) fn renormalized(self) -> Self {
        self * (1.5 - 0.5 * self.square())
    }
}

impl Add for Phasor {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { re: self.re + other.re, im: self.im + other.im }
    }
}

impl Sub for Phasor {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self { re: self.re - other.re, im: self.im - other.im }
    }
}

impl Mul for Phasor {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

impl Mul<f64> for Phasor {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Self { re: self.re * factor, im: self.im * factor }
    }
}
